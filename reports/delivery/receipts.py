"""Receipts: the facts of an arrival and the recipient's answer, `HOME/filings/receipts/<filing>-v<N>/<target>.json`.

Belongs here: writing them once, never over another one, and checking them against the log of deliveries. Passwords and tokens are removed
from everything that is written, since a careless server may send them back.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from glassbook.delivery_target import DeliveryTarget
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from reports.delivery.adapter import Parcel, Receipt
from reports.delivery.attempts import ARRIVED, Attempt, examine_attempts
from reports.filing.life.states import Filing
from reports.filing.package.package import write_whole
from reports.filing.package.seal import sha256


def keep_receipt(
    settings: Settings, place: DeliveryTarget, receipt: Receipt, filing: Filing, target: str, parcel: Parcel
) -> tuple[Path, str]:
    """Writes the receipt, and beside it the recipient's answer unchanged; returns its path and its SHA-256."""
    folder = _folder(settings, filing.filing_id, filing.version)
    folder.mkdir(parents=True, exist_ok=True)
    path = next(p for n in count(1) if not (p := folder / f"{target}{'' if n == 1 else f'-{n}'}.json").exists())
    secrets = place.secrets()
    document: dict[str, Any] = {
        "filing": filing.filing_id,
        "version": filing.version,
        "seal": filing.seal,
        "target": target,
        "address": place.address,
        "parcel": parcel.name,
        "sha256": parcel.sha256,
        "bytes": len(parcel.content),
        "outcome": receipt.outcome,
        "facts": {name: scrubbed(value, secrets) for name, value in receipt.facts.items()},
    }
    if receipt.answer:
        answer = receipt.answer
        for secret in secrets:
            answer = answer.replace(secret.encode(), b"***")
        write_whole(path.with_suffix(".answer"), answer)
        document |= {"answer": path.with_suffix(".answer").name, "answer_sha256": sha256(answer)}
    content = (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
    write_whole(path, content)
    return path, sha256(content)


def receipt_path(settings: Settings, attempt: Attempt) -> Path:
    """Where the receipt of an arrival is."""
    return _folder(settings, f"{attempt.regime}-{attempt.period}", attempt.version) / str(attempt.receipt)


def delivery_problems(settings: Settings) -> list[str]:
    """Problems of the log of deliveries and of its receipts; each names the entry or file."""
    attempts, problem = examine_attempts(settings)
    problems = [] if problem is None else [f"deliveries.jsonl: {problem}"]
    for attempt in attempts:
        if attempt.event not in ARRIVED:
            continue
        path = receipt_path(settings, attempt)
        name = path.relative_to(settings.filings_dir).as_posix()
        if not path.is_file():
            problems.append(f"{name}: is missing, though the log of deliveries names it")
        elif sha256(path.read_bytes()) != attempt.receipt_sha256:
            problems.append(f"{name}: was changed")
        else:
            problems += _answer_problems(path, name)
    return problems


def scrubbed(text: str, secrets: list[str]) -> str:
    """`text` without passwords and tokens."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _answer_problems(path: Path, name: str) -> list[str]:
    document = parse_json(path.read_bytes())
    if "answer" not in document:
        return []
    answer = path.with_name(document["answer"])
    if not answer.is_file():
        return [f"{name}: its answer {answer.name} is missing"]
    return [] if sha256(answer.read_bytes()) == document["answer_sha256"] else [f"{name}: its answer {answer.name} was changed"]


def _folder(settings: Settings, filing_id: str, version: int) -> Path:
    return settings.filings_dir / "receipts" / f"{filing_id}-v{version}"

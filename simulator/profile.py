"""Writes the simulated platform's profile: `profile/profile.yml` with its attachments, dated from the first day of the simulation."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from simulator.plan import Plan

TEMPLATE = Path(__file__).with_name("profile.yml")
FOLDER, FILE, ATTACHMENTS = "profile", "profile.yml", "attachments"
# Days on which something happened: what has not happened yet is not known.
_LATER_FIELDS = ("disclosed_on", "valid_to", "end_disclosed_on")


def write_profile(folder: Path, plan: Plan) -> Path:
    """Writes the profile as known at the end of the plan into `folder`/profile; returns its file."""
    home = folder / FOLDER
    (home / ATTACHMENTS).mkdir(parents=True)
    sections: dict[str, Any] = yaml.safe_load(_dated(plan.start))
    known = {name: _known(section, plan.end) for name, section in sections.items()}
    for section in ("audit_reports", "compliance_reports"):
        for report in known[section]:
            report["attachment"] = _attach(home, report)
    # A section without a known day is left out.
    text = yaml.safe_dump({n: s for n, s in known.items() if s not in ([], {})}, allow_unicode=True, sort_keys=False, width=140)
    path = home / FILE
    path.write_text("# The profile of a simulated platform; every name is invented.\n" + text, encoding="utf-8")
    return path


def _dated(start: date) -> str:
    def day(found: re.Match[str]) -> str:
        return (start + timedelta(days=int(found[1]))).isoformat()

    return re.sub(r"«([+-]\d+)»", day, TEMPLATE.read_text(encoding="utf-8"))


def _known(section: Any, end: date) -> Any:
    """What of a section had happened by `end`."""
    if isinstance(section, dict):
        kept = {key: _known(versions, end) for key, versions in section.items()}
        return {key: versions for key, versions in kept.items() if versions}
    if not isinstance(section, list):
        return section
    return [_entry(entry, end) for entry in section if _first_day(entry) <= end]


def _first_day(entry: dict[str, Any]) -> date:
    day: date = entry.get("valid_from") or entry["issued_on"]
    return day


def _entry(entry: dict[str, Any], end: date) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in _LATER_FIELDS or value <= end}


def _attach(home: Path, report: dict[str, Any]) -> dict[str, str]:
    name = f"{ATTACHMENTS}/{report['attachment']}"
    text = (
        f"{report['attachment'].removesuffix('.txt')}（模拟）\n\n出具机构：{report['issuer']}\n出具日期：{report['issued_on']}\n"
        f"结论：{report['conclusion']}\n\n本文件由模拟器生成，不是任何机构出具的报告。\n"
    )
    content = text.encode()
    (home / name).write_bytes(content)
    return {"file": name, "sha256": hashlib.sha256(content).hexdigest()}

"""The verifier in the browser gives the verdicts of the stand-alone script, finding by finding."""

from __future__ import annotations

import base64
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from glassbook.settings import Settings
from reports.filing.package.archive import make_archive
from reports.signing.register import read_register, register_path
from reports.verifying.package import verify_package
from reports.verifying.stand_alone import verify_filing
from tests.support.tampered import (
    Case,
    files_of,
    odd_heads,
    signer,
    tampered_files,
    tampered_seals,
    tampered_signatures,
)
from tests.support.tampered_archives import damaged, rewritten
from tests.support.verifier_page import VERIFIER, WORDS, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
# Verifies packages, each alone or as a chain in the order given; null for an invalid register.
RUN = """async ([packages, register, isChain]) => {
    const { verify, chain, verdictOf, readRegister } = await import("/package.js");
    const bytes = text => Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
    let keys = null;
    try { if (register !== null) keys = await readRegister(bytes(register)); } catch { return null; }
    const results = [];
    for (const one of packages) results.push(await verify(bytes(one), keys));
    if (isChain) chain(results);
    return results.map(result => ({ ...result, verdict: verdictOf(result) }));
}"""


def by_browser(page: Page, packages: list[bytes], register: bytes | None, *, is_chain: bool = False) -> list[dict[str, Any]] | None:
    """What the browser finds of packages; None for a register that is none."""
    texts = [base64.b64encode(content).decode() for content in (*packages, *([] if register is None else [register]))]
    given = [texts[: len(packages)], None if register is None else texts[-1], is_chain]
    found: list[dict[str, Any]] | None = page.evaluate(RUN, given)
    return found


# Every code of a finding; and those that need several packages, another register or another browser.
SOURCES = "".join((VERIFIER / name).read_text(encoding="utf-8") for name in ("package.js", "archive.js"))
FINDINGS = set(WORDS) & set(re.findall(r'"([a-z_]+)"', SOURCES)) - {"holds", "does_not_hold", "cannot_tell"}
NOT_BY_ITSELF = {"no_successor", "unable", "other_person"}


def told(finding: dict[str, Any]) -> str:
    """A finding in the words of the page."""
    values = {name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in finding.items()}
    return verify_filing.plain(WORDS[finding["code"]].format(**values))


def in_short(problem: str) -> str:
    """A problem without the reason that a library gives."""
    return re.sub(r"(cannot be read): (?!it would unpack).*", r"\1", re.sub(r"(was changed) \(.*\)", r"\1", problem))


@dataclass
class Alone:
    """What the script said of one package, and how it ended."""

    code: int
    lines: list[str]

    @property
    def problems(self) -> list[str]:
        return [in_short(line.removeprefix("  PROBLEM ")) for line in self.lines if line.startswith("  PROBLEM ")]


def by_script(capsys: pytest.CaptureFixture[str], paths: list[Path], keys: Path | None) -> tuple[int, list[Alone]]:
    """What the script says of packages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["verify_filing.py", *(["--keys", str(keys)] if keys else []), *map(str, paths)])
        code = verify_filing.main()
    said = capsys.readouterr().out.split("\n")
    starts = [said.index(str(path)) for path in paths] if code != 2 else []
    return code, [Alone(code, said[start:end]) for start, end in zip(starts, [*starts[1:], len(said)], strict=True)] if starts else []


def differences(case: Case, alone: Alone, found: dict[str, Any]) -> list[str]:
    """In what the two differ."""
    texts = [in_short(told(finding)) for finding in [*found["wrong"], *found["problems"]]]
    pairs = {
        "verdict": ("  holds" in alone.lines, found["verdict"] == "holds"),
        "problems": (alone.problems, texts),
        "as sealed": ("as sealed;" in "".join(alone.lines), bool(found["wrong"]) and not found["problems"]),
        "seal": ([line for line in alone.lines if line.startswith("  seal ")], [f"  seal {found['seal']}"] if found.get("seal") else []),
        "signers": (sum(line.startswith("  signed as ") for line in alone.lines), len(found.get("signOffs", []))),
        "filing": (
            [line.split(":")[0] for line in alone.lines if line.startswith("  filing ")],
            [verify_filing.plain(f"  filing {found['filing']} version {found['version']}")] if found.get("filing") else [],
        ),
    }
    return [f"{case.what}: {name}: {one!r} {other!r}" for name, (one, other) in pairs.items() if one != other]


def all_cases(filed_home: Settings) -> list[Case]:
    """Untouched packages and every kind of tampering."""
    first, files = files_of(filed_home, "2019-11"), files_of(filed_home, "2019-12")
    whole = make_archive(files)
    cases = [Case("untouched", whole), Case("untouched before", make_archive(first))]
    cases += [*tampered_files(files, first), *tampered_seals(files, signer(filed_home)), *tampered_signatures(files, first)]
    return [*cases, *odd_heads(files, signer(filed_home)), *damaged(whole), *rewritten(files)]


@pytest.mark.parametrize("has_register", [True, False])
def test_the_browser_says_what_the_script_says(
    has_register: bool, filed_home: Settings, browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = all_cases(filed_home)
    keys = register_path(filed_home) if has_register else None
    assert len({case.what for case in cases}) == len(cases) > 300
    results = by_browser(opened(browser).page, [case.content for case in cases], keys.read_bytes() if keys else None)
    assert results is not None
    codes, wrong = [], []
    for case, result in zip(cases, results, strict=True):
        (tmp_path / "v1.zip").write_bytes(case.content)
        code, (alone,) = by_script(capsys, [tmp_path / "v1.zip"], keys)
        codes.append(code)
        wrong += differences(case, alone, result)
        # The command `glassbook verify` is a third reader of the same bytes.
        verdict = verify_package(tmp_path / "v1.zip", read_register(filed_home) if keys else None, is_signed=has_register or None)
        wrong += [f"{case.what}: {verdict.problems}"] if verdict.is_intact != (code == 0) else []
    assert wrong == []
    assert codes[:2] == [0, 0] and codes.count(1) >= 250 and codes.count(0) >= 10
    assert [{"holds": 0, "does_not_hold": 1}[result["verdict"]] for result in results] == codes
    said = {finding["code"] for result in results for finding in (*result["wrong"], *result["problems"])}
    assert len(FINDINGS) > 20 and said >= FINDINGS - NOT_BY_ITSELF - (set() if has_register else {"not_held", "draft", "unknown_key"})


REVOKED = {"revoked_at": "2020-01-06T02:00:00+00:00"}
REGISTERS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "revoked then": REVOKED,
    "revoked later": {"revoked_at": "2020-01-06T02:00:00.000001+00:00"},
    "begins then": {"valid_from": "2020-01-06T02:00:00+00:00"},
    "begins later": {"valid_from": "2020-01-06T02:00:00.000001+00:00"},
    "ends then": {"valid_until": "2020-01-06T02:00:00+00:00"},
    "of another person": {"person": "wang.wu"},
    "of another person, and revoked": {"person": "wang.wu"} | REVOKED,
    "another key": {"public": "ab" * 32},
    "no instant": {"valid_from": "2020-01-06"},
    "no end": {"valid_until": None},
    "a day that there is not": {"valid_until": "2020-02-30T00:00:00+00:00"},
    "no person": {"person": ""},
    "a key in capitals": {"public": "AB" * 32},
    "a key too short": {"public": "ab" * 31},
    "no key": {"public": None},
}


def test_registers_and_chains_count_alike(
    filed_home: Settings, browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, known = opened(browser).page, json.loads(register_path(filed_home).read_text())
    first, second = (make_archive(files_of(filed_home, period)) for period in ("2019-11", "2019-12"))
    registers = {what: {"keys": [*known["keys"][:2], known["keys"][2] | values]} for what, values in REGISTERS.items()}
    texts = {what: json.dumps(register).encode() for what, register in registers.items()}
    texts |= {"empty": b'{"keys": []}', "none": b"", "a list": b"[]", "a text": b'{"keys": "x"}', "keys of numbers": b'{"keys": [1]}'}
    texts |= {"a mark before": b"\xef\xbb\xbf" + texts["as it is"], "a key twice": b'{"keys": [], ' + texts["as it is"][1:]}
    texts["without a moment"] = texts["as it is"].replace(b'"revoked_at"', b'"x"')
    codes = set()
    for what, text in texts.items():
        (tmp_path / "register.json").write_bytes(text)
        (tmp_path / "v1.zip").write_bytes(second)
        code, alone = by_script(capsys, [tmp_path / "v1.zip"], tmp_path / "register.json")
        results = by_browser(page, [second], text)
        assert (code == 2) == (results is None), what
        codes.add(code)
        for one, result in zip(alone, results or [], strict=True):
            assert differences(Case(what, second), one, result) == []
    assert codes == {0, 1, 2}
    for order in ([0, 1], [1, 0], [0, 0], [1], [0, 1, 0]):
        packages = [(first, second)[place] for place in order]
        paths = [tmp_path / f"{number}.zip" for number in range(len(order))]
        for path, content in zip(paths, packages, strict=True):
            path.write_bytes(content)
        code, alone = by_script(capsys, paths, None)
        results = by_browser(page, packages, None, is_chain=True)
        assert results is not None and len(alone) == len(results)
        assert [differences(Case(str(order), b""), one, result) for one, result in zip(alone, results, strict=True)] == [[]] * len(order)
        assert (code == 0) == (order in ([0, 1], [1]))

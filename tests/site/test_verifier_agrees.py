"""The verifier in the browser gives the verdicts of the stand-alone script, finding by finding; and its page, as a reader uses it."""

from __future__ import annotations

import base64
import html
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment

import reports
from glassbook.settings import Settings
from reports.engine.archive import make_archive
from reports.engine.filing_states import signed_folder
from reports.signing.register import register_path
from reports.stand_alone import verify_filing
from tests.support.small_filings import small_filings
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

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
VERIFIER = Path(reports.__file__).parent / "site" / "verifier"
SITE = "https://site.example"
CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
FRAGMENT = (VERIFIER / "verify.html.j2").read_text(encoding="utf-8")


def fragment() -> str:
    """The page's fragment in English."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    addresses = {"verifier_url": "/verifier.js", "script_url": "/verify_filing.py", "guide_url": "/VERIFYING.md"}
    return environment.from_string(FRAGMENT).render(addresses)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two submitted filings."""
    return small_filings(tmp_path_factory.mktemp("verified") / "home", ("2019-11", "2019-12"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Opened:
    """The page in a browser, and what it asked for and complained of."""

    page: Page
    asked: list[str]
    complaints: list[str]


def opened(browser: Browser, before: str = "") -> Opened:
    """The page under a strict policy, once it is ready; `before` runs ahead of it."""
    found = Opened(browser.new_page(), [], [])

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        found.asked.append(path)
        if path == "/":
            page = f"<!doctype html><html lang=en><meta charset=utf-8><title>x</title><link rel=icon href=data:,>{fragment()}"
            route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})
        else:
            route.fulfill(body=(VERIFIER / path.lstrip("/")).read_text(encoding="utf-8"), content_type="text/javascript")

    found.page.route("**/*", answer)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on("console", lambda said: found.complaints.append(said.text))
    if before:
        found.page.add_init_script(before)
    found.page.goto(f"{SITE}/")
    found.page.wait_for_selector("form, [role=status] p")
    return found


# Verifies packages, each by itself or as a chain in the order given; null for a register that is none.
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


WORDS = {code: html.unescape(text) for code, text in re.findall(r'<p data-code="(\w+)">(.*?)</p>', fragment())}


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


def all_cases(home: Settings) -> list[Case]:
    """Untouched packages and every kind of tampering."""
    first, files = files_of(home, "2019-11"), files_of(home, "2019-12")
    whole = make_archive(files)
    cases = [Case("untouched", whole), Case("untouched before", make_archive(first))]
    cases += [*tampered_files(files, first), *tampered_seals(files, signer(home)), *tampered_signatures(files, first)]
    return cases + [*odd_heads(files, signer(home)), *damaged(whole), *rewritten(files)]


@pytest.mark.parametrize("has_register", [True, False])
def test_the_browser_says_what_the_script_says(
    has_register: bool, home: Settings, browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = all_cases(home)
    keys = register_path(home) if has_register else None
    assert len({case.what for case in cases}) == len(cases) > 300
    results = by_browser(opened(browser).page, [case.content for case in cases], keys.read_bytes() if keys else None)
    assert results is not None
    codes, wrong = [], []
    for case, result in zip(cases, results, strict=True):
        (tmp_path / "v1.zip").write_bytes(case.content)
        code, (alone,) = by_script(capsys, [tmp_path / "v1.zip"], keys)
        codes.append(code)
        wrong += differences(case, alone, result)
    assert wrong == []
    assert codes[:2] == [0, 0] and codes.count(1) >= 250 and codes.count(0) >= 10
    assert [{"holds": 0, "does_not_hold": 1}[result["verdict"]] for result in results] == codes

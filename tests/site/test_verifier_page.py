"""The page that verifies packages, as a reader uses it: files chosen, the verdict shown, no request to any server."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glassbook.settings import Settings
from reports.filing.life.states import signed_folder
from reports.filing.package.archive import make_archive
from reports.signing.hand_out import STAND_ALONE
from reports.signing.register import register_path
from reports.site.headers import HEADERS
from reports.site.language import load_language
from tests.support.tampered import files_of
from tests.support.verifier_page import FRAGMENT, SITE, VERIFIER, WORDS, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser


def chosen(page: Page, packages: list[Path], register: list[Path]) -> list[tuple[str, str]]:
    """Chooses files on the page; the verdicts that it then shows, each with all that is said."""
    page.set_input_files("#verifier-register", register)
    page.set_input_files("#verifier-packages", packages)
    page.wait_for_selector("[aria-live=polite] [data-verdict]")
    shown = page.locator("[aria-live=polite] [data-verdict]").all()
    assert len(shown) == len(packages)
    return [(part.get_attribute("data-verdict") or "", part.inner_text()) for part in shown]


def test_a_reader_chooses_files_and_sees_the_verdict(filed_home: Settings, browser: Browser, tmp_path: Path) -> None:
    first, second = (signed_folder(filed_home, "toy", period, 1).with_name("v1.zip") for period in ("2019-11", "2019-12"))
    at_site = opened(browser)
    page, before = at_site.page, len(at_site.asked)
    assert page.locator("#verifier form").is_visible() and sorted(at_site.asked) == [
        "/",
        *(f"/{p.name}" for p in sorted(VERIFIER.glob("*.js"))),
    ]
    ((verdict, said),) = chosen(page, [second], [])
    assert verdict == "holds" and "It holds: every file is as it was sealed." in said and "signed as approver by wang.wei" in said
    assert "compare the keys above" in page.locator("[aria-live]").inner_text()
    # The reader's order does not matter: the seals show which came first.
    verdicts = chosen(page, [second, first], [register_path(filed_home)])
    assert [verdict for verdict, _ in verdicts] == ["holds", "holds"] and "toy-2019-11" in verdicts[0][1]
    assert "compare the keys" not in page.locator("[aria-live]").inner_text()
    tampered = tmp_path / "<b>\u202ev1.zip"
    tampered.write_bytes(make_archive(files_of(filed_home, "2019-12") | {"figures.csv": b"9", "<img src=x>\u202e": b""}))
    ((verdict, said),) = chosen(page, [tampered], [])
    assert verdict == "does_not_hold" and "figures.csv: was changed" in said and "<b>\\u{202e}v1.zip" in said
    assert "<img src=x>\\u{202e}: was added" in said and page.locator("[aria-live] img").count() == 0
    (tmp_path / "register.json").write_text("{}")
    page.set_input_files("#verifier-register", tmp_path / "register.json")
    page.get_by_text("The register cannot be read").wait_for()
    assert at_site.complaints == [] and len(at_site.asked) == before


@pytest.mark.parametrize(
    ("language", "verdict"), [("zh", "核对通过：每个文件都与封签时一致。"), ("en", "It holds: every file is as it was sealed.")]
)
def test_the_site_s_own_page_verifies_under_its_own_policy(
    language: str, verdict: str, filed_home: Settings, small_site: Path, browser: Browser
) -> None:
    page, asked, complaints = browser.new_page(), [], []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(f"{SITE}/")
        asked.append(path)
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(body=(small_site / path).read_bytes(), content_type=kind, headers=HEADERS)

    page.route("**/*", answer)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(f"{SITE}/{language}/check.html")
    page.wait_for_selector("#verifier form:not([hidden])")
    before = list(asked)
    ((found, said),) = chosen(page, [signed_folder(filed_home, "toy", "2019-12", 1).with_name("v1.zip")], [])
    assert found == "holds" and verdict in said
    assert asked == before and complaints == []
    modules = {path for path in before if path.endswith(".js")}
    assert len({Path(path).parent for path in modules}) == 1 and {Path(path).name for path in modules} == {
        p.name for p in VERIFIER.glob("*.js")
    }
    for link, name in (("verify/verify_filing.py", "verify_filing.py"), ("verify/VERIFYING.md", "VERIFYING.md")):
        assert page.locator(f'a[href="../{link}"]').count() == 1
        assert (small_site / link).read_bytes() == (STAND_ALONE / name).read_bytes()


# A browser that knows every algorithm but Ed25519.
WITHOUT_SIGNATURES = """const known = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...more) {
    if (algorithm === "Ed25519") return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
    return known.call(this, format, key, algorithm, ...more);
};"""


def test_a_browser_that_cannot_check_signatures_says_so(filed_home: Settings, browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, WITHOUT_SIGNATURES).page
    files = files_of(filed_home, "2019-12")
    for name, content in (("good", files), ("bad", files | {"figures.csv": b"9"})):
        (tmp_path / f"{name}.zip").write_bytes(make_archive(content))
    ((verdict, said),) = chosen(page, [tmp_path / "good.zip"], [])
    assert verdict == "cannot_tell" and "This browser cannot check signatures." in said and "It holds" not in said
    ((verdict, said),) = chosen(page, [tmp_path / "bad.zip"], [])
    assert verdict == "does_not_hold" and "figures.csv: was changed" in said
    page = opened(browser, "delete globalThis.DecompressionStream;").page
    assert "This browser cannot check packages" in page.locator("[aria-live]").inner_text()
    assert not page.locator("#verifier form").is_visible()


def test_every_word_is_there_in_both_languages_and_every_code_has_words() -> None:
    messages = set(re.findall(r'_\("(.*?)"\)', FRAGMENT))
    chinese = load_language("zh")
    pairs = {message: chinese.say(message) for message in messages}
    assert len(messages) > 50 and all(english != words for english, words in pairs.items())
    for english, words in pairs.items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", words)), english
    codes = set(re.findall(r'(?:code: |say\(|tell\(|add\()"(\w+)"', "".join(path.read_text() for path in VERIFIER.glob("*.js"))))
    assert len(codes) > 20 and codes <= set(WORDS)

"""The page of the verifier, opened in a browser under a strict policy. Does not belong here: what a verdict must be."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment

import reports

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUM = Path("/usr/bin/chromium")
VERIFIER = Path(reports.__file__).parent / "site" / "verifier"
SITE = "https://site.example"
CONTENT_SECURITY_POLICY = "default-src 'none'; img-src data:; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
FRAGMENT = (VERIFIER / "verify.html.j2").read_text(encoding="utf-8")


def fragment() -> str:
    """The page's fragment in English."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    addresses = {"verifier_url": "/verifier.js", "script_url": "/verify_filing.py", "guide_url": "/VERIFYING.md"}
    return environment.from_string(FRAGMENT).render(addresses)


@dataclass
class Opened:
    """The page in a browser, with its requests and errors."""

    page: Page
    asked: list[str]
    complaints: list[str]


def opened(browser: Browser, before: str = "") -> Opened:
    """The page under a strict policy, when it is ready; `before` runs first."""
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
    found.page.wait_for_selector("form:not([hidden]), [role=status] p")
    return found


WORDS = {code: html.unescape(text) for code, text in re.findall(r'<p data-code="(\w+)">(.*?)</p>', fragment())}

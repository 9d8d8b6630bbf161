"""What tests of the site share: two submitted filings, and one browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from glassbook.settings import Settings
from tests.support.small_filings import small_filings
from tests.support.verifier_page import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def filed_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two submitted filings."""
    return small_filings(tmp_path_factory.mktemp("verified") / "home", ("2019-11", "2019-12"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the file of tests: Playwright runs once at a time in a process, and other files drive it too."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()

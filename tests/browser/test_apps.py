"""`glassbook serve` as its users call it: cheap to import, and pages that a browser shows without an error or a foreign request."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from glassbook.settings import Settings

CHROMIUM = Path("/usr/bin/chromium")


def test_the_command_imports_no_streamlit() -> None:
    script = "import sys, dashboards.commands; print('streamlit' in sys.modules, 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False False\n"


@pytest.fixture(params=["--internal", "--public"])
def address(request: pytest.FixtureRequest, small_home: Settings, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A served app: its audience and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"GLASSBOOK_HOME": str(small_home.home.absolute())}
    command = [sys.executable, "-c", "from glassbook.cli import main; main()", "serve", "--port", str(port), request.param]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        while True:
            assert server.poll() is None, (tmp_path / "log").read_text()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health").close()
                break
            except OSError:
                time.sleep(0.2)
        yield request.param, f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@pytest.mark.browser
def test_a_browser_shows_every_page(address: tuple[str, str]) -> None:
    from playwright.sync_api import sync_playwright

    audience, url = address
    paths = ("", "marketing", "disclosure") if audience == "--internal" else ("",)
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request", lambda request: problems.append(request.url) if not request.url.startswith((url, "data:", "blob:", "ws:")) else None
        )
        for path in paths:
            page.goto(f"{url}/{path}")
            page.wait_for_selector(".gb-foot", timeout=120_000)
            page.wait_for_selector(".stVegaLiteChart canvas, .stVegaLiteChart svg", timeout=120_000)
            problems += [f"{path}: {element.inner_text()}" for element in page.query_selector_all(".stException")]
        browser.close()
    assert problems == []

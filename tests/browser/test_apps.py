"""`glassbook serve` as its users call it: cheap to import, and pages that a browser shows without an error or a foreign request."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glassbook.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

CHROMIUM = Path("/usr/bin/chromium")


def test_the_command_imports_no_streamlit() -> None:
    script = "import sys, dashboards.commands.serve; print('streamlit' in sys.modules, 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False False\n"


@pytest.fixture
def address(small_home: Settings, tmp_path: Path) -> Iterator[str]:
    """The address of the served app."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"GLASSBOOK_HOME": str(small_home.home.absolute()), "GLASSBOOK_APP_HOSTS": '["books.example"]'}
    command = [sys.executable, "-c", "from glassbook.cli import main; main()", "serve", "--port", str(port)]
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
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def asked(url: str, path: str, host: str) -> tuple[int, Message, bytes]:
    """What the server answers to a request under a name."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def shaken(url: str, host: str, origin: str = "") -> int:
    """How the server answers a request for its socket under a host name."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    socketed = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    }
    for name, value in ({"Host": host} | socketed | ({"Origin": origin} if origin else {})).items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_it_answers_under_its_own_names_alone(address: str) -> None:
    url = address
    port = url.rpartition(":")[2]
    for host in (f"localhost:{port}", "localhost", f"127.0.0.1:{port}", "[::1]", "LOCALHOST.", "books.example"):
        status, _, page = asked(url, "/", host)
        assert status == 200 and b"<title>" in page, host
        assert shaken(url, host, f"http://{host}") == 101, host
    for host in (f"evil.example:{port}", "127.0.0.1.evil.example", "localhost@evil.example", "localhost:80:80", "", "localhost/"):
        for path in ("/", "/_stcore/health", "/_stcore/host-config", "/static/js/x.js"):
            status, _, page = asked(url, path, host)
            assert status == 400 and b"<title>" not in page, (host, path)
        assert shaken(url, host, f"http://{host}") in (400, 403), host
    assert shaken(url, f"127.0.0.1:{port}", "http://evil.example") == 403


def test_every_answer_has_the_headers_and_other_ends_are_closed(address: str) -> None:
    url = address
    for path, status in (
        *(("/", 200), ("/_stcore/health", 200), ("/_stcore/host-config", 200), ("/favicon.png", 200)),
        *(
            ("/_stcore/metrics", 404),
            ("/_stcore/script-health-check", 404),
            ("/_stcore/agent/openapi.json", 404),
            ("//_stcore/metrics", 404),
        ),
        *(("/x/_stcore/metrics", 404), ("/_stcore/%6Detrics", 404), ("/_stcore/upload_file/a/b", 404), ("/_stcore", 404)),
    ):
        found, headers, _ = asked(url, path, "localhost")
        assert found == status, path
        assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer" and "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe-inline" not in headers["Content-Security-Policy"].split("style-src")[0], path


# Elements beyond the page's right edge that cannot be scrolled into view; and how many elements were checked.
BEYOND = """() => {
    const page = document.querySelector('.stMainBlockContainer');
    const edge = page.getBoundingClientRect().right - parseFloat(getComputedStyle(page).paddingRight);
    const all = [...page.querySelectorAll('*')];
    const shown = all.filter(e => e.getClientRects().length && !e.closest('.gb-scroll table, [role=tablist]'));
    const beyond = shown.filter(e => e.getBoundingClientRect().right > edge + 1);
    return [shown.length, beyond.map(e => e.outerHTML.slice(0, 120))];
}"""


def beyond_the_edge(page: Page) -> list[str]:
    """What a telephone cuts off in each part of the page. The page is left at its width of before."""
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": 390, "height": 844})
    found: list[str] = []
    tabs: list[Locator | None] = [*page.get_by_role("tab").all()]
    for tab in tabs or [None]:
        if tab is not None:
            tab.click()
        page.wait_for_timeout(300)
        looked_at, beyond = page.evaluate(BEYOND)
        assert looked_at > 20
        found += beyond
    page.set_viewport_size(before)
    return found


@pytest.mark.browser
def test_a_browser_shows_every_page(address: str) -> None:
    from playwright.sync_api import sync_playwright

    url = address
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
        page.on(
            "request", lambda request: problems.append(request.url) if not request.url.startswith((url, "data:", "blob:", "ws:")) else None
        )
        for path in ("", "marketing"):
            page.goto(f"{url}/{path}")
            page.wait_for_selector(".gb-foot", timeout=120_000)
            page.wait_for_selector(".stVegaLiteChart canvas, .stVegaLiteChart svg", timeout=120_000)
            problems += [f"{path}: {element.inner_text()}" for element in page.query_selector_all(".stException")]
            problems += [f"{path} on a telephone: {found}" for found in beyond_the_edge(page)]
        browser.close()
    assert problems == []

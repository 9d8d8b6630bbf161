"""`glassbook serve --public` as its users call it: the right headers, caching by hash, compression, only its own names, many readers."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboards.commands.serve import serve
from glassbook.errors import InputError
from reports.site.headers import ASK_AGAIN, FOR_EVER, HEADERS

READERS = 200


@pytest.fixture(scope="module")
def port(small_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a served site."""
    folder = tmp_path_factory.mktemp("served")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    environment = os.environ | {"GLASSBOOK_HOME": str(folder / "home")}
    command = [sys.executable, "-c", "from glassbook.cli import main; main()"]
    command += ["serve", "--public", "--site", str(small_site), "--port", str(number)]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
    try:
        while True:
            assert server.poll() is None, (folder / "log").read_text()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{number}/zh/index.html").close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
    finally:
        server.terminate()
        server.wait()


def asked(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    """The answer to a request, as it comes over the wire."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_pages_come_with_the_site_s_headers_and_compressed(port: int, small_site: Path) -> None:
    answer, body = asked(port, "/zh/index.html", Accept_Encoding="gzip")
    assert answer.status == 200 and answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == (small_site / "zh" / "index.html").read_bytes()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS and answer.headers["Cache-Control"] == ASK_AGAIN
    for path in ("/", "/zh/", "/data/figures.csv", "/nothing"):
        assert {name: asked(port, path)[0].headers[name] for name in HEADERS} == HEADERS, path


def test_a_page_that_did_not_change_is_not_sent_again(port: int) -> None:
    first, _ = asked(port, "/en/index.html")
    again, body = asked(port, "/en/index.html", If_None_Match=str(first.headers["ETag"]))
    assert again.status == 304 and body == b""


def test_what_is_named_by_its_hash_is_kept_for_ever(port: int, small_site: Path) -> None:
    for path in [path for path in (small_site / "assets").rglob("*") if path.is_file()]:
        answer, _ = asked(port, f"/{path.relative_to(small_site)}")
        assert answer.status == 200 and answer.headers["Cache-Control"] == FOR_EVER
    assert asked(port, "/assets/nothing.css")[0].headers["Cache-Control"] == ASK_AGAIN


def test_files_under_way_and_those_of_servers_are_not_served(port: int, small_site: Path) -> None:
    part = small_site / ".index.html.1.partial"
    part.write_text("half")
    try:
        for path in ("/.index.html.1.partial", "/_headers", "/zh/../_headers", "/%2e%2e/site/_headers", "//_headers", "/../../etc/passwd"):
            answer, body = asked(port, path)
            assert answer.status in (400, 404) and b"half" not in body and b"Cache-Control" not in body, path
    finally:
        part.unlink()


def test_what_there_is_not_is_told_with_a_way_back(port: int) -> None:
    answer, body = asked(port, "/zh/figures/CN-Z99.html")
    assert answer.status == 404 and b'href="/zh/index.html"' in body


def test_it_answers_under_its_own_names_alone(port: int) -> None:
    assert asked(port, "/", Host="localhost")[0].status == 200
    answer, body = asked(port, "/", Host="evil.example")
    assert answer.status == 400 and b"<title>" not in body


def test_many_readers_at_once_all_get_their_page(port: int, small_site: Path) -> None:
    paths = sorted(str(path.relative_to(small_site)) for path in (small_site / "zh").rglob("*.html"))
    assert len(paths) > 50
    wanted = [paths[number % len(paths)] for number in range(READERS)]
    with ThreadPoolExecutor(READERS) as readers:
        answers = list(readers.map(lambda path: asked(port, f"/{path}", Accept_Encoding="gzip"), wanted))
    assert all(answer.status == 200 for answer, _ in answers)
    assert all(gzip.decompress(body) == (small_site / path).read_bytes() for path, (_, body) in zip(wanted, answers, strict=True))


def test_a_folder_without_a_site_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(serve, ["--public"])
    assert isinstance(result.exception, InputError)
    assert "glassbook publish --out" in result.exception.remedy


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_reading_is_allowed(port: int, method: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, "/zh/index.html")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 405 and {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/" + "a" * 5000, "/%00", "/zh/%00.html", "/zh/" + "b" * 300 + ".html"])
def test_what_no_file_can_be_called_is_not_found(port: int, path: str) -> None:
    answer, _ = asked(port, path)
    assert answer.status == 404 and {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_place_that_cannot_be_had_is_told(port: int, small_site: Path) -> None:
    for place in (("--port", str(port)), ("--address", "203.0.113.5"), ("--address", "nosuch.host.invalid")):
        ran = CliRunner().invoke(serve, ["--public", "--site", str(small_site), *place])
        assert isinstance(ran.exception, InputError) and place[1] in ran.exception.where and "http://" not in ran.output

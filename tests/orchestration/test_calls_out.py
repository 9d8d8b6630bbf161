"""Nothing that is started looks up a name or connects to an address outside the machine, and Dagster's page asks nothing of its visitor."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from glassbook.settings import Settings
from tests.support.watching import Watch

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
GLASSBOOK = (sys.executable, "-c", "from glassbook.cli import main; main()")


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path / "watch")


def test_a_call_out_is_seen_in_a_child_too(watch: Watch) -> None:
    asks = "import urllib.request as u\ntry: u.urlopen('http://nobody.invalid/')\nexcept OSError: pass"
    connects = "import socket\ns = socket.socket(); s.settimeout(0.1)\ntry: s.connect(('203.0.113.1', 9))\nexcept OSError: pass"
    here = "import socket\ntry: socket.create_connection(('localhost', 9), 0.1)\nexcept OSError: pass"
    for script in (asks, connects, here):
        child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {script!r}], check=True)"
        subprocess.run([sys.executable, "-c", child], env=watch.environment, check=True)
    assert {call.split(" ")[1] for call in watch.calls_out()} == {"nobody.invalid", "203.0.113.1"}
    assert "socket.getaddrinfo localhost" in " ".join(watch.calls())


def test_no_command_calls_out(watch: Watch, tmp_path: Path) -> None:
    """The way from a simulated platform to a page, and what reads it."""
    home, day = {"GLASSBOOK_HOME": str(tmp_path / "home"), "GLASSBOOK_MEMORY_LIMIT": "1GB"}, "2018-06-30"
    package = str(tmp_path / "package")
    commands = (
        f"simulate --out {tmp_path / 'platform'} --loans 200 --to {day}",
        f"ingest --source {tmp_path / 'platform'}",
        "build",
        f"figures --regime cn --as-of {day}",
        f"explain CN-A03 --regime cn --as-of {day}",
        f"file cn --period 2018-06 --out {package}",
        f"verify {package}",
        f"publish --out {tmp_path / 'site'}",
        "calendar",
        "doctor",
    )
    for command in commands:
        ran = subprocess.run(
            [*GLASSBOOK, *command.split()], cwd=tmp_path, env=watch.environment | home, capture_output=True, text=True, check=False
        )
        # 1: the platform breaks rules on purpose, and its filing is a draft.
        assert ran.returncode in (0, 1), f"{command}\n{ran.stdout}{ran.stderr}"
        assert watch.calls_out() == [], command
    assert (tmp_path / "site" / "index.html").is_file()


def test_dbt_does_not_call_out(watch: Watch, tmp_path: Path) -> None:
    """As a user calls it who knows dbt but none of our options; `glassbook build` above has run the models."""
    profile = {"target": "dev", "outputs": {"dev": {"type": "duckdb", "path": str(tmp_path / "dev.duckdb")}}}
    (tmp_path / "profiles.yml").write_text(json.dumps({"glassbook": profile}), encoding="utf-8")
    places = ["--profiles-dir", str(tmp_path), "--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path)]
    dbt = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "parse", *places]
    ran = subprocess.run(dbt, cwd=ROOT / "dbt_project", env=watch.environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert watch.calls_out() == []
    assert not list(tmp_path.rglob(".user.yml")), "dbt gives who it reports on a number, and keeps it there"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(command: list[str], folder: Path, environment: dict[str, str], health: str) -> Iterator[Path]:
    """A server, with all that it starts, from when it answers until the block ends; gives its log."""
    log = folder.parent / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        while True:
            assert server.poll() is None, log.read_text()
            try:
                urllib.request.urlopen(health).close()
                break
            except OSError:
                time.sleep(0.3)
        yield log
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


@pytest.fixture(scope="module")
def dagster(tmp_path_factory: pytest.TempPathFactory, small_home: Settings) -> Iterator[tuple[str, Watch]]:
    """`dagster dev` as started in the checkout, with nothing set, while older telemetry waits to be sent."""
    folder = tmp_path_factory.mktemp("dagster")
    watch, checkout = Watch(folder / "watch"), folder / "checkout"
    checkout.mkdir()
    for name in ("dagster.yaml", ".env"):
        shutil.copy(ROOT / name, checkout)
    waiting = watch.user / ".dagster" / "logs"
    waiting.mkdir(parents=True)
    (waiting / "event.log").write_text("{}\n", encoding="utf-8")
    url = f"http://localhost:{free_port()}"
    environment = watch.environment | {"GLASSBOOK_HOME": str(small_home.home.absolute())}
    command = [sys.executable, "-m", "dagster", "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", url.rpartition(":")[2]]
    with served(command, checkout, environment, f"{url}/server_info"):
        yield url, watch


def test_dagster_calls_nobody_and_collects_nothing(dagster: tuple[str, Watch]) -> None:
    url, watch = dagster
    asked = urllib.request.Request(f"{url}/graphql", b'{"query": "{shouldShowNux}"}', {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        assert json.load(answer)["data"] == {"shouldShowNux": False}
    with urllib.request.urlopen(url) as page:
        assert '"telemetryEnabled": false' in page.read().decode()
    # Its reports went within seconds of its start.
    time.sleep(8)
    for process in ("dagster_webserver", "dagster._daemon", "code-server"):
        assert any(process in started for started in watch.watched()), process
    assert watch.calls_out() == []
    assert not (watch.user / ".dagster" / ".telemetry").exists()
    assert (watch.user / ".dagster" / "logs" / "event.log").read_text(encoding="utf-8") == "{}\n"


@pytest.mark.browser
def test_dagsters_page_calls_nobody_and_asks_nothing(dagster: tuple[str, Watch]) -> None:
    from playwright.sync_api import sync_playwright

    url, foreign = dagster[0], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on(
            "request",
            lambda request: foreign.append(request.url) if not request.url.startswith((url, "data:", "blob:", "ws:")) else None,
        )
        page.goto(f"{url}/assets")
        page.wait_for_selector("text=Lineage", timeout=120_000)
        # Its invitation to join came a second after the page.
        page.wait_for_timeout(4_000)
        assert "newsletter" not in page.inner_text("body").lower()
        assert page.query_selector("[role=dialog]") is None
        browser.close()
    assert foreign == []


def test_streamlit_calls_nobody(watch: Watch, tmp_path: Path, small_home: Settings) -> None:
    """As `glassbook serve`, and as a Streamlit user starts it in the checkout."""
    environment = watch.environment | {"GLASSBOOK_HOME": str(small_home.home.absolute())}
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / ".streamlit", checkout / ".streamlit")
    by_hand = [sys.executable, "-m", "streamlit", "run", str(ROOT / "dashboards" / "app.py"), "--server.port"]
    for command in ([*GLASSBOOK, "serve", "--port"], by_hand):
        port = free_port()
        with served([*command, str(port)], checkout, environment, f"http://127.0.0.1:{port}/_stcore/health") as log:
            time.sleep(2)
            assert watch.calls_out() == [], command
            assert "External URL" not in log.read_text(encoding="utf-8")

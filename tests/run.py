"""`make test`: formats, lint, types, import rules, then every test; says what was skipped and why.

Debian packages (Chromium, LibreOffice, MariaDB) are installed where this may be done; else the tests that need them are skipped by name.
With TESTS_SKIP_NOTHING set, as in CI, a missing package is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"chromium": "chromium", "libreoffice": "libreoffice-calc-nogui", "font": "fonts-noto-cjk", "mariadb": "mariadb-server"}
LINTS = (
    ("format", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("models", ["sqlfluff", "lint", "dbt_project/models", "--disable-progress-bar", "--processes", "2"]),
    ("dialect", [sys.executable, "-m", "tests.dialect"]),
    ("types", ["mypy"]),
    ("imports", ["lint-imports"]),
)


def _missing() -> list[str]:
    missing = []
    if not shutil.which("chromium"):
        missing.append("chromium")
    if not shutil.which("soffice"):
        missing.append("libreoffice")
    if not shutil.which("mariadbd") and not Path("/usr/sbin/mariadbd").exists():
        missing.append("mariadb")
    if not list(Path("/usr/share/fonts").rglob("NotoSansCJK*")):
        missing.append("font")
    return missing


def _install(names: list[str]) -> None:
    if not names or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"==> installing {', '.join(PACKAGES[n] for n in names)}", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], check=False, env=environment, **quiet)  # type: ignore[call-overload]
    command = ["apt-get", "install", "-y", "--no-install-recommends", *(PACKAGES[n] for n in names)]
    subprocess.run(command, check=False, env=environment, **quiet)  # type: ignore[call-overload]


def _lint() -> list[str]:
    """Runs the checks of form side by side, says what each said, and returns the names of those that do not hold."""

    def run(lint: tuple[str, list[str]]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(lint[1], cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    failed = []
    with ThreadPoolExecutor(2) as helpers:
        for (name, _), done in zip(LINTS, helpers.map(run, LINTS), strict=True):
            print(f"==> {name}\n{done.stdout}", end="", flush=True)
            if done.returncode:
                failed.append(name)
    return failed


def main() -> int:
    """Runs everything; 0 when all of it holds."""
    if "--lint-only" in sys.argv:
        failed = _lint()
        print(f"failed: {', '.join(failed)}" if failed else "lint, types and import rules hold")
        return 1 if failed else 0
    # Packages come over the line while the checks of form keep the cores busy.
    with ThreadPoolExecutor(1) as helper:
        installing = helper.submit(_install, _missing())
        failed = _lint()
        installing.result()
    missing = _missing()
    if missing:
        print(f"==> not here: {', '.join(PACKAGES[n] for n in missing)}; the tests that need them are skipped", flush=True)
        if os.environ.get("TESTS_SKIP_NOTHING"):
            failed.append("packages")
    if failed:
        print(f"failed: {', '.join(failed)}")
    # One more than there are cores: tests wait for servers, browsers and disks.
    workers = min((os.cpu_count() or 2) + 1, 5)
    command = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder", "-rs"]
    tests = subprocess.run(command, cwd=ROOT, check=False)
    return 1 if failed or tests.returncode else 0


if __name__ == "__main__":
    sys.exit(main())

"""The filing that was reviewed and is kept, file by file; `python -m tests.support.golden` keeps it again.

Belongs here: making it, and what of its bytes is compared. Does not: the comparison (`tests.reports.filing.test_forms`).
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

import pypdf

from glassbook.settings import Settings
from reports.filing.acts.writing import write_filing
from reports.filing.package.seal import SEAL_NAME
from simulator.plan import Plan
from simulator.profile import write_profile
from tests.support.built import FIRST, LAST, LOANS, SEED, build_small_home

GOLDEN = Path(__file__).resolve().parents[1] / "reports" / "golden"
SUMS = GOLDEN / "SHA256SUMS"


def make_package(home: Settings, folder: Path) -> Path:
    """China's filing of the small platform's last month, with its profile; `folder` is an empty one."""
    profile = write_profile(folder / "profile", Plan(loans=LOANS, seed=SEED, start=FIRST, end=LAST, has_anomalies=True))
    settings = home.model_copy(update={"profile": profile})
    return write_filing(settings, "cn", f"{LAST:%Y-%m}", folder / "package").folder


def sums(package: Path) -> dict[str, str]:
    """SHA-256 of each file, by name, except the seal, which is made of such sums.

    It does not change with the code as long as the content is the same: versions of the code, the snapshot named after them, and the
    sum of the figures, which name that, are left out. Of a workbook the parts are compared, of a PDF the text: libraries compress both.
    """
    head = json.loads((package / "filing.json").read_text(encoding="utf-8"))
    told = {head[name]: name for name in ("snapshot", "code_version", "model_version", "engine")}
    told[hashlib.sha256((package / "figures.json").read_bytes()).hexdigest()] = "figures"
    found = {}
    for path in sorted(path for path in package.rglob("*") if path.is_file() and path.name != SEAL_NAME):
        content = _unpacked(path)
        for name, placeholder in told.items():
            content = content.replace(name.encode(), placeholder.encode())
        found[path.relative_to(package).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return b"\n".join(name.encode() + b"\n" + book.read(name) for name in book.namelist())
    if path.suffix == ".pdf":
        return "\f".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).encode()
    return content


def kept_sums() -> dict[str, str]:
    """What was kept, by name."""
    lines = SUMS.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def keep() -> None:
    """Makes the filing and keeps it: the sums of its files, and those of its forms that are read as text."""
    with tempfile.TemporaryDirectory() as place:
        home = build_small_home(Path(place) / "home")
        package = make_package(home, Path(place))
        SUMS.write_text("".join(f"{digest}  {name}\n" for name, digest in sums(package).items()), encoding="utf-8")
        for path in GOLDEN.glob("*.csv"):
            shutil.copyfile(package / path.name, path)


if __name__ == "__main__":
    keep()

"""Packages that passed through a desktop: what is said of what they come in, and of the files themselves, by both verifiers."""

from __future__ import annotations

import re
import shutil
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from glassbook.errors import CheckFailed
from reports.commands.verify import verify as verify_command
from reports.filing.package.archive import make_archive
from reports.filing.package.package import write_package
from reports.filing.package.seal import make_seal
from reports.verifying.package import verify_package
from reports.verifying.stand_alone import verify_filing

HEAD = b'{"regime": "toy", "period": "2019-12", "version": 1, "status": "validated", "sign_offs": []}\n'
FILES = {
    "filing.json": HEAD,
    "figures.csv": b"code,value\nX,1.00\n" * 40,
    "\u8868A.csv": b"\xef\xbb\xbfcode\n",
    "\u8868.xlsx": b"PK\x03\x04\x00\xff",
}
Way = Callable[[dict[str, bytes], Path], Path]


def packed(files: dict[str, bytes], path: Path, *, top: str = "", kind: int = zipfile.ZIP_DEFLATED) -> Path:
    """An archive as a desktop program writes one."""
    with zipfile.ZipFile(path.with_suffix(".zip"), "w", kind) as archive:
        if top:
            archive.writestr(top, b"")
        for name, content in files.items():
            archive.writestr(top + name, content)
    return path.with_suffix(".zip")


def in_folder(files: dict[str, bytes], path: Path) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def unmarked(encoding: str) -> Way:
    """An archive whose names are in an undeclared encoding of some machine."""

    def write(files: dict[str, bytes], path: Path) -> Path:
        named = {re.sub(r"[^\x00-\x7f]", "~", name): name for name in files}
        content = make_archive({placeholder.ljust(len(name.encode(encoding)), "~"): files[name] for placeholder, name in named.items()})
        for placeholder, name in named.items():
            raw = name.encode(encoding)
            content = content.replace(placeholder.ljust(len(raw), "~").encode(), raw)
        path.with_suffix(".zip").write_bytes(content)
        return path.with_suffix(".zip")

    return write


MAC = {".DS_Store": b"\0", "__MACOSX/._figures.csv": b"\0", "._SEAL": b"\0"}
WAYS: dict[str, tuple[Way, tuple[str, ...]]] = {
    "packed again": (packed, ("not stored as they are",)),
    "stored, with other stamps": (lambda f, p: packed(f, p, kind=zipfile.ZIP_STORED), ("the archive is not as it was written",)),
    "packed with its folder": (lambda f, p: packed(f, p, top="cn-2019-12/"), ("cn-2019-12/: stands around", "not stored")),
    "packed on a Mac": (lambda f, p: packed(f | MAC, p), (".DS_Store: was left by a desktop", "__MACOSX/._figures.csv", "._SEAL")),
    "packed on a Mac with its folder": (
        lambda f, p: packed({f"v1/{n}": c for n, c in f.items()} | {"__MACOSX/v1/._SEAL": b"\0", "v1/.DS_Store": b"\0"}, p),
        ("v1/: stands around", "__MACOSX/v1/._SEAL: was left"),
    ),
    "packed on Windows": (lambda f, p: packed(f | {"Thumbs.db": b"\0", "desktop.ini": b"\0"}, p), ("Thumbs.db: was left", "desktop.ini")),
    "names in UTF-8, unmarked": (unmarked("utf-8"), ("\u8868A.csv: its name is not marked",)),
    "names in GB18030, unmarked": (unmarked("gb18030"), ("\u8868A.csv: its name is not marked",)),
    "unpacked on a Mac": (lambda f, p: in_folder(f | {".DS_Store": b"\0"}, p), (".DS_Store: was left",)),
    "unpacked on Windows": (
        lambda f, p: in_folder(f | {"THUMBS.DB": b"\0", "Desktop.ini": b"\0"}, p),
        ("THUMBS.DB: was left", "Desktop.ini"),
    ),
    "unpacked into a folder": (lambda f, p: in_folder({f"v1/{n}": c for n, c in f.items()}, p), ("v1/: stands around",)),
    "unpacked into a folder on a Mac": (
        lambda f, p: in_folder({f"v1/{n}": c for n, c in f.items()} | {".DS_Store": b"\0", "v1/.DS_Store": b"\0"}, p),
        ("v1/: stands around", ".DS_Store: was left"),
    ),
}
DAMAGES: dict[str, Callable[[dict[str, bytes]], dict[str, bytes]]] = {
    "none": lambda files: files,
    "changed": lambda files: files | {"figures.csv": b"code,value\nX,9.00\n"},
    "missing": lambda files: {name: content for name, content in files.items() if name != "\u8868.xlsx"},
    "added": lambda files: files | {"extra.csv": b"code\n"},
    "no seal": lambda files: {name: content for name, content in files.items() if name != "SEAL"},
}


def sealed(tmp_path: Path) -> dict[str, bytes]:
    """The files of a small sealed package."""
    folder = write_package(tmp_path / "filing", FILES, None).folder
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("way", WAYS)
def test_both_say_what_holds_the_files_and_whether_they_are_as_sealed(
    way: str, damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write, words = WAYS[way]
    path = write(DAMAGES[damage](sealed(tmp_path)), tmp_path / "passed on")
    verdict = verify_package(path)
    assert verdict.files_are_as_sealed == (damage == "none") and not verdict.is_intact, verdict.problems
    monkeypatch.setattr(sys, "argv", ["verify_filing.py", str(path)])
    assert verify_filing.main() == 1
    alone = capsys.readouterr().out
    by_command = CliRunner().invoke(verify_command, [str(path)])
    assert isinstance(by_command.exception, CheckFailed)
    if damage == "none":
        assert "the files themselves: as sealed" in alone and "the files themselves: all 4 as sealed" in by_command.output
        for word in words:
            assert word in alone and word in "\n".join(verdict.of_container), (word, alone, verdict.problems)
    else:
        assert "as sealed;" not in alone and "all 4 as sealed" not in by_command.output
        named = {
            "changed": "figures.csv: was changed",
            "missing": "\u8868.xlsx: is missing",
            "added": "extra.csv: was added",
            "no seal": "SEAL: is missing",
        }
        assert named[damage] in alone and named[damage] in "\n".join(verdict.problems)


@pytest.mark.parametrize("name", ["DS_Store", "MACOSX/a", "thumbs.db.exe", "my desktop.ini", ".DS_Store2", "_.SEAL"])
def test_a_file_with_a_name_alike_was_added(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = in_folder(sealed(tmp_path) | {name: b"\0"}, tmp_path / "passed on")
    assert not verify_package(path).files_are_as_sealed and f"{name}: was added" in verify_package(path).problems
    monkeypatch.setattr(sys, "argv", ["verify_filing.py", str(path)])
    assert verify_filing.main() == 1 and f"{name}: was added" in capsys.readouterr().out


def test_a_folder_with_two_packages_or_with_anything_else_is_not_read(tmp_path: Path) -> None:
    files = sealed(tmp_path)
    place = in_folder({f"v1/{n}": c for n, c in files.items()}, tmp_path / "passed on")
    (place / "letter.pdf").write_bytes(b"%PDF")
    assert verify_package(place).problems == ("SEAL: is missing, so nothing can be verified",)
    (place / "letter.pdf").unlink()
    shutil.copytree(place / "v1", place / "v2")
    assert verify_package(place).seal is None


def test_what_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(sealed(tmp_path) | {"figures.csv": bytes(80 * 2**20)}, tmp_path / "bomb")
    assert "would unpack to" in "\n".join(verify_package(path).problems) and verify_package(path).seal is None
    monkeypatch.setattr(sys, "argv", ["verify_filing.py", str(path)])
    assert verify_filing.main() == 1 and "would unpack to" in capsys.readouterr().out


def test_a_file_that_says_less_than_it_unpacks_to_fills_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(sealed(tmp_path) | {"figures.csv": bytes(200 * 2**20)}, tmp_path / "bomb")
    content = path.read_bytes()
    assert content.count((200 * 2**20).to_bytes(4, "little")) == 2
    path.write_bytes(content.replace((200 * 2**20).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    monkeypatch.setattr(sys, "argv", ["verify_filing.py", str(path)])
    tracemalloc.start()
    found, code = verify_package(path).problems, verify_filing.main()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50 * 2**20, peak
    assert "cannot be read" in "\n".join(found) and code == 1 and "the archive cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["../x.csv", "/x.csv", "a\\b.csv", "C:x.csv", "./figures.csv", "a//b.csv"])
def test_a_name_that_leads_out_of_the_folder_is_refused_though_it_was_sealed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = FILES | {name: b"x"}
    path = tmp_path / "v1.zip"
    path.write_bytes(make_archive(files | {"SEAL": make_seal(files, None).text().encode()}))
    monkeypatch.setattr(sys, "argv", ["verify_filing.py", str(path)])
    assert verify_filing.main() == 1 and f"PROBLEM {name}: leads out of the package" in capsys.readouterr().out
    assert verify_package(path).problems == (f"{name}: leads out of the package",)

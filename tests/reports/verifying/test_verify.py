"""Verification: every byte of a small package, every file dropped, added or renamed, in folder and archive."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from glassbook.errors import CheckFailed, InputError
from reports.commands.verify import verify as verify_command
from reports.filing.package.archive import make_archive
from reports.filing.package.package import write_package
from reports.filing.package.seal import make_seal, parse_seal
from reports.verifying.package import verify_package

HEAD = b'{"regime": "toy", "period": "2019-12", "version": 1, "status": "validated", "sign_offs": []}\n'
FILES = {"filing.json": HEAD, "figures.csv": b"code,value\nX,1.00\n", "表.xlsx": b"PK\x03\x04\x00\xff"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small sealed package, with its archive."""
    return write_package(tmp_path / "filing", FILES, None).folder


def problems(path: Path) -> list[str]:
    """What verification finds."""
    return list(verify_package(path).problems)


def test_untouched_package_is_intact(package: Path) -> None:
    assert problems(package) == problems(package.with_name("filing.zip")) == []


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_every_changed_byte_of_every_file_is_found_and_named(package: Path, mask: int) -> None:
    for path in sorted(package.iterdir()):
        original = path.read_bytes()
        for place in range(len(original)):
            changed = bytearray(original)
            changed[place] ^= mask
            path.write_bytes(changed)
            found = problems(package)
            assert found and path.name in found[0], (path.name, place)
        for other in (original + b"\n", original[:-1], b"", original + original):
            path.write_bytes(other)
            assert any(path.name in problem for problem in problems(package)), path.name
        path.write_bytes(original)
    assert problems(package) == []


@pytest.mark.parametrize("mask", [0x01, 0x08, 0x80])
def test_every_changed_byte_of_the_archive_is_found(package: Path, mask: int) -> None:
    archive = package.with_name("filing.zip")
    original = archive.read_bytes()
    for place in range(len(original)):
        changed = bytearray(original)
        changed[place] ^= mask
        archive.write_bytes(changed)
        assert problems(archive), place
    for other in (original + b"x", b"x" + original, original[:-1], original[:100], b""):
        archive.write_bytes(other)
        assert problems(archive)


def test_every_missing_file_is_found_and_named(package: Path) -> None:
    for path in sorted(package.iterdir()):
        original = path.read_bytes()
        path.unlink()
        assert any(problem.startswith(f"{path.name}: is missing") for problem in problems(package))
        path.write_bytes(original)


@pytest.mark.parametrize("name", ["extra.txt", ".hidden", "filing.json~", "sub/extra.txt"])
def test_every_added_file_is_found_and_named(package: Path, name: str) -> None:
    (package / name).parent.mkdir(exist_ok=True)
    (package / name).write_bytes(b"")
    assert f"{name}: was added" in problems(package)


def test_added_folder_and_link_are_found(package: Path) -> None:
    (package / "empty").mkdir()
    original = (package / "figures.csv").read_bytes()
    (package / "figures.csv").unlink()
    (package.parent / "elsewhere.csv").write_bytes(original)
    (package / "figures.csv").symlink_to(package.parent / "elsewhere.csv")
    found = problems(package)
    assert "empty/: a folder was added" in found and any("is a link" in problem for problem in found)


def test_renamed_file_is_found_with_both_names(package: Path) -> None:
    (package / "figures.csv").rename(package / "numbers.csv")
    assert problems(package) == ["figures.csv: was renamed to numbers.csv"]


def test_swapped_files_are_both_named(package: Path) -> None:
    one, two = package / "figures.csv", package / "filing.json"
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert problems(package)[:2] == ["figures.csv: was changed", "filing.json: was changed"]


def test_archive_with_other_files_is_found(package: Path) -> None:
    archive = package.with_name("filing.zip")
    files = {path.name: path.read_bytes() for path in package.iterdir()}
    archive.write_bytes(make_archive(files | {"extra": b""}))
    assert "extra: was added" in problems(archive)
    archive.write_bytes(make_archive({name: c for name, c in files.items() if name != "figures.csv"}))
    assert "figures.csv: is missing" in problems(archive)
    archive.write_bytes(make_archive(files, list(reversed(sorted(files)))))
    assert "not as it was written" in problems(archive)[0]


def test_seal_reads_back_what_it_states() -> None:
    seal = make_seal(FILES, "ab" * 32)
    assert parse_seal(seal.text().encode()) == seal
    for lines in (seal.text().replace("ab" * 32, "none"), seal.text().upper(), "", "glassbook-seal 1\n", seal.text() + "\n"):
        with pytest.raises(ValueError, match="do not follow"):
            parse_seal(lines.encode())
    with pytest.raises(ValueError, match="cannot be called"):
        make_seal({"a\nfile": b""}, None)


@pytest.mark.parametrize("name", [b"x\n  holds", b"\x1b[2J", b"\xff\xfe", "a\u202eb".encode()])
def test_names_of_files_never_write_on_the_terminal(package: Path, name: bytes) -> None:
    (package / os.fsdecode(name)).write_bytes(b"")
    (said,) = CliRunner().invoke(verify_command, [str(package)]).output.splitlines()
    assert said.endswith(": was added") and said.isprintable()


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(package: Path) -> None:
    archive = package.with_name("filing.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("SEAL", b"0" * 1_000_000)
    assert problems(archive)[0] == "filing.zip: the archive is not as it was written: its files are not stored as they are"
    archive.write_bytes(make_archive(FILES).replace(len(HEAD).to_bytes(4, "little"), (1 << 31).to_bytes(4, "little")))
    assert "not stored as they are" in problems(archive)[0]


def test_command_names_problems_and_fails(package: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(verify_command, [str(package)]).output.startswith("intact: 3 files")
    (package / "figures.csv").write_bytes(b"code,value\nX,9.00\n")
    result = runner.invoke(verify_command, [str(package)])
    assert isinstance(result.exception, CheckFailed) and "figures.csv: was changed" in result.output
    assert isinstance(runner.invoke(verify_command, [str(tmp_path / "nothing")]).exception, InputError)
    shutil.rmtree(package)

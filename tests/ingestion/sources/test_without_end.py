"""Archives that unpack without end and YAML that holds itself are refused by name, before they fill disk or memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.profile.reading import load_profile
from ingestion.loading.load import ingest
from ingestion.mapping import read_mapping
from ingestion.sources.folder import unpacking
from tests.support.lake import a_home, a_platform, refused

HEADER = b"fee_id,fee_kind\n"
NOTHING = HEADER + b"0" * 4_000_000


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can go beyond without the disk for it."""
    monkeypatch.setattr(unpacking, "AMPLE_BYTES", 100_000)


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "fees.csv.gz": gzip.compress,
    "fees.csv.bz2": bz2.compress,
    "fees.csv.xz": lzma.compress,
    "fees.csv.zip": lambda content: zipped("fees.csv", content),
    "fees.xlsx": lambda content: zipped("xl/workbook.xml", content),
}
# A workbook is read in place.
UNPACKED = [name for name in PACKED if not name.endswith(".xlsx")]


@pytest.mark.parametrize("name", PACKED)
def test_a_file_that_unpacks_without_end_is_refused(name: str, tmp_path: Path) -> None:
    source = a_platform().write(tmp_path / "source")
    (source / "fees.parquet").unlink()
    (source / name).write_bytes(PACKED[name](NOTHING))
    error = refused(a_home(tmp_path / "home"), source)
    assert "unpack to more than" in error.found and error.where.endswith(name) and "200 times" in error.expected


def test_an_archive_of_a_folder_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(zipped("fees.csv", NOTHING))
    home = a_home(tmp_path / "home")
    with pytest.raises(InputError, match="unpack to more than"):
        ingest(home, tmp_path / "all.zip")
    assert visible_loads(home) == []


@pytest.mark.parametrize("name", UNPACKED)
def test_nothing_is_written_beyond_the_limit(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(PACKED[name](NOTHING))
    with pytest.raises(InputError):
        unpacking.unpacked(path, lambda ending: tmp_path / f"out{ending}")
    written = sum(out.stat().st_size for out in tmp_path.glob("out*"))
    assert written <= max(100_000, path.stat().st_size * unpacking.MOST_TIMES)


@pytest.mark.parametrize("name", UNPACKED)
def test_what_shrinks_as_tables_do_is_unpacked_whole(name: str, tmp_path: Path) -> None:
    content = HEADER + b"".join(b"%d,borrower_service_%d\n" % (number, number * 7919 % 1000) for number in range(50_000))
    path = tmp_path / name
    path.write_bytes(PACKED[name](content))
    assert unpacking.unpacked(path, lambda ending: tmp_path / f"out{ending}").read_bytes() == content


ALIASES = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
YAML = {
    "aliases of aliases": (ALIASES, "100,000 values"),
    "deep": ("a: " + "[" * 100_000, "nested too deeply"),
    "deep and whole": ("a: " + "[" * 150 + "]" * 150, "100 values within one another"),
    "holds itself": ("a: &a [*a]\n", "100 values within one another"),
    "a key of lists": ("? [a]\n: b\n", ""),
    "a number of digits": ("version: " + "9" * 5000, "a value that is none"),
    "too long": ("# " + "x" * 10_000_001, "more than 10,000,000 bytes"),
}


@pytest.mark.parametrize("name", YAML)
@pytest.mark.parametrize("read", [load_profile, read_mapping], ids=lambda read: read.__name__)
def test_yaml_without_end_is_refused(read: Callable[[Path], object], name: str, tmp_path: Path) -> None:
    content, words = YAML[name]
    path = tmp_path / "x.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    assert words in caught.value.found and str(path) in caught.value.where


def test_a_mapping_with_a_day_that_no_calendar_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("version: 1\nsince: 2019-02-30\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_mapping(tmp_path / "x.yml")


def test_a_device_is_no_profile() -> None:
    with pytest.raises(InputError, match="more than 10,000,000 bytes"):
        load_profile(Path("/dev/zero"))

"""Every file and folder of a source is read, refused by name, or listed as ignored; nothing is passed over."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from glassbook.lake.loads import visible_loads
from ingestion.commands.ingest import ingest as ingest_command
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import Mapping
from ingestion.sources.folder.entries import entries_of
from reports.doctor.examining import examine
from tests.ingestion.sources.test_other_files import as_csv
from tests.support.earlier_log import edit_entry
from tests.support.lake import a_home, a_platform, refused, rows

CONTRACT = frozenset(load_contract().tables)


def a_source(folder: Path) -> Path:
    """A folder whose repayments are two parts: the header and the first row, and the second row."""
    platform = a_platform()
    platform.repay(1, 2, "2019-03-10 12:00", "500.00", "5.00")
    source = platform.write(folder)
    whole = as_csv(source, "repayments")
    header, first, second = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    whole.unlink()
    inner = source / "repayments"
    inner.mkdir()
    (inner / "part-1.csv").write_text(header + first, encoding="utf-8")
    (inner / "part-2.csv").write_text(header + second, encoding="utf-8")
    return source


def moved(source: Path, name: str) -> None:
    target = source / "repayments" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    (source / "repayments/part-2.csv").rename(target)


def packed(source: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    moved(source, name)
    path = source / "repayments" / name
    path.write_bytes(pack(path.read_bytes()))


def in_streams(data: bytes) -> bytes:
    return bz2.compress(data[:40]) + bz2.compress(data[40:])


READ: dict[str, Callable[[Path], None]] = {
    "an ending in capitals": lambda source: moved(source, "part-2.CSV"),
    "a folder of a day": lambda source: moved(source, "dt=2019-02/part-2.csv"),
    "folders of folders": lambda source: moved(source, "2019/02/part-1.csv"),
    "brackets": lambda source: moved(source, "part-2 [copy] *?.csv"),
    "bzip2": lambda source: packed(source, "part-2.csv.bz2", bz2.compress),
    "bzip2 in two streams": lambda source: packed(source, "part-2.csv.bz2", in_streams),
    "xz": lambda source: packed(source, "part-2.csv.XZ", lzma.compress),
    "gzip": lambda source: packed(source, "part-2.Csv.GZ", gzip.compress),
    "a folder with an ending": lambda source: (source / "repayments").rename(source / "repayments.csv") and None,  # type: ignore[func-returns-value]
    "a table in capitals": lambda source: (source / "repayments").rename(source / "Repayments") and None,  # type: ignore[func-returns-value]
    "a file in capitals": lambda source: (source / "users.parquet").rename(source / "USERS.Parquet") and None,  # type: ignore[func-returns-value]
}


@pytest.mark.parametrize("name", READ)
def test_is_read(name: str, tmp_path: Path) -> None:
    source, home = a_source(tmp_path / "source"), a_home(tmp_path / "home")
    READ[name](source)
    load = ingest(home, source)
    assert load.tables["repayments"].rows_new == 2 and load.tables["users"].rows_new
    assert load.ignored == []


def delta(source: Path) -> None:
    (source / "repayments/_delta_log").mkdir()
    (source / "repayments/_delta_log/0.json").write_text("{}", encoding="utf-8")


def in_a_loop(source: Path) -> None:
    (source / "repayments/again").symlink_to(source / "repayments")


def a_folder_that_has_the_column(source: Path) -> None:
    moved(source, "reverses_repayment_id=7/part-2.csv")
    path = source / "repayments/reverses_repayment_id=7/part-2.csv"
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    at = [name.strip('"') for name in lines[0]].index("reverses_repayment_id")
    path.write_text("".join(",".join(line[:at] + line[at + 1 :]) + "\n" for line in lines), encoding="utf-8")


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "an unknown packing": (lambda source: moved(source, "part-2.csv.zst"), "repayments/part-2.csv.zst"),
    "an unknown form": (lambda source: moved(source, "more/part-2.json"), "repayments/more/part-2.json"),
    "no ending": (lambda source: moved(source, "part-2"), "repayments/part-2"),
    "an old workbook": (lambda source: moved(source, "part-2.xls"), "repayments/part-2.xls"),
    "what a table format marks as gone": (delta, "repayments/_delta_log/"),
    "an export under way": (lambda source: moved(source, "_temporary/0/part-2.csv"), "repayments/_temporary/"),
    "a link to nothing": (lambda source: (source / "repayments/part-3.csv").symlink_to(source / "gone"), "repayments/part-3.csv"),
    "a link to itself": (in_a_loop, "repayments/again/"),
    "a name with a number": (lambda source: (source / "fees.parquet").rename(source / "fees (1).parquet") and None, "fees (1).parquet"),  # type: ignore[func-returns-value]
    "a name with a day": (
        lambda source: shutil.copy(source / "fees.parquet", source / "Fees-20190101.parquet") and None,
        "Fees-20190101.parquet",
    ),
    "a name without its line": (lambda source: (source / "FundMovements.csv").touch(), "FundMovements.csv"),
    "a folder with a hyphen": (lambda source: (source / "fund-movements").mkdir(), "fund-movements"),
    "a table of an unknown form": (lambda source: (source / "fees.parquet").rename(source / "fees.ods") and None, "fees.ods"),  # type: ignore[func-returns-value]
    "one part packed and not": (
        lambda source: shutil.copy(source / "repayments/part-1.csv", source / "repayments/Part-1.CSV") and None,
        "twice",
    ),
    "two forms": (lambda source: moved(source, "x/part-2.parquet"), "offered twice"),
    "a column in a folder's name": (a_folder_that_has_the_column, "reverses_repayment_id=7"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_by_name(name: str, tmp_path: Path) -> None:
    source = a_source(tmp_path / "source")
    spoil, said = REFUSED[name]
    spoil(source)
    assert said in str(refused(a_home(tmp_path / "home"), source))


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress, gzip.compress])
def test_what_is_cut_off_or_followed_by_something_else_is_refused(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    ending = {"bz2": ".bz2", "lzma": ".xz", "gzip": ".gz"}[pack.__module__]
    source = a_source(tmp_path / "source")
    packed(source, f"part-2.csv{ending}", pack)
    path = source / f"repayments/part-2.csv{ending}"
    whole = path.read_bytes()
    for wrong in (whole[:-3], whole + b"more", b""):
        path.write_bytes(wrong)
        assert f"part-2.csv{ending}" in str(refused(a_home(tmp_path / "home"), source))


LISTED = {
    "README.txt": "no table is called README",
    ".DS_Store": "a companion",
    "~$users.xlsx": "a companion",
    ".~lock.fees.csv#": "a companion",
    "._loans.parquet": "a companion",
    "Thumbs.db": "a companion",
    "_SUCCESS": "a companion",
    "repayments/_committed_77": "a companion",
    "repayments/.part-1.csv.crc": "a companion",
    "users_old.csv": "no table is called users_old",
    "users.md5": "an ending that is not read",
    "old/users.csv": "no table is called old",
    "deposits/": "no table is called deposits",
}


def test_what_is_ignored_is_listed_in_the_report_and_by_the_doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, home = a_source(tmp_path / "source"), a_home(tmp_path / "home")
    for name in LISTED:
        path = source / name
        path.mkdir() if name.endswith("/") else (path.parent.mkdir(exist_ok=True), path.touch())
    monkeypatch.setenv("GLASSBOOK_HOME", str(home.home))
    report = CliRunner().invoke(ingest_command, ["--source", str(source)], catch_exceptions=False).output
    said = next(finding for finding in examine() if finding.topic == "files")
    assert said.state == "note"
    for name, why in LISTED.items():
        told = "old/" if name.startswith("old/") else name
        assert f"  not read: {told}: {why}" in report
        assert f"{told}: {why}" in said.found
    # The next load finds nothing new; it still reports what it ignores now.
    (source / "notes.md").touch()
    assert "not read: notes.md: no table is called notes" in CliRunner().invoke(ingest_command, ["--source", str(source)]).output
    assert len(visible_loads(home)) == 1


def test_an_archive_of_a_desktop_is_read_and_one_that_names_a_file_twice_is_not(tmp_path: Path) -> None:
    source, home = a_source(tmp_path / "source"), a_home(tmp_path / "home")
    archive = tmp_path / "export.ZIP"
    with zipfile.ZipFile(archive, "w") as packing:
        packing.writestr(".DS_Store", b"")
        packing.writestr("__MACOSX/export/._users.parquet", b"")
        for path in sorted(source.rglob("*")):
            packing.write(path, f"export/{path.relative_to(source)}")
    assert ingest(home, archive).tables["repayments"].rows_new == 2
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(archive, "a") as packing:
        packing.writestr("export/repayments/part-2.csv", b"")
    assert "export/repayments/part-2.csv twice" in str(refused(home, archive))


def test_a_mapped_folder_reads_the_folders_of_a_table_too(tmp_path: Path) -> None:
    source, home = a_source(tmp_path / "source"), a_home(tmp_path / "home")
    moved(source, "dt=2019-02/part-2.CSV")
    (source / "notes.txt").touch()
    names = [name for name in CONTRACT if (source / f"{name}.parquet").is_file() or name == "repayments"]
    tables = {name: {"from": name, "columns": {c: c for c in load_contract().tables[name].column_names}} for name in names}
    load = ingest(home, source, LoadPlan(Mapping.model_validate({"version": 1, "tables": tables})))
    assert len(rows(home, "repayments")) == 2
    assert load.ignored == ["notes.txt: an ending that is not read, or a link to nothing"]
    (source / "repayments/part-3.tsv").touch()
    assert "repayments/part-3.tsv" in str(refused(home, source, LoadPlan(Mapping.model_validate({"version": 1, "tables": tables}))))


NAMES = st.one_of(
    st.sampled_from([*sorted(CONTRACT), "Users", "users 2", "notes", "_x", ".x", "a*b", "2019"]).flatmap(
        lambda stem: st.sampled_from(["", ".csv", ".CSV", ".csv.gz", ".csv.bz2", ".zip", ".parquet", ".xls", ".json"]).map(stem.__add__)
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
        lambda name: name not in (".", "..")
    ),
)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(NAMES, st.one_of(st.none(), st.lists(NAMES, max_size=3, unique_by=str.lower)), max_size=6))
def test_whatever_lies_in_a_folder_is_read_listed_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, list[str] | None]
) -> None:
    from glassbook.errors import InputError, printable

    folder = tmp_path_factory.mktemp("entries")
    for name, inner in content.items():
        if inner is None:
            (folder / name).touch()
        else:
            (folder / name).mkdir()
            for part in inner:
                (folder / name / part).touch()
    for names in (CONTRACT, None):
        try:
            found = entries_of(folder, names)
        except InputError as error:
            assert any(printable(name) in str(error) for name in content)
            continue
        read = {path.relative_to(folder).as_posix() for paths in found.files.values() for path in paths}
        listed = [entry.rsplit(": ", 1)[0].rstrip("/") for entry in found.ignored]
        for path in folder.rglob("*"):
            place = path.relative_to(folder).as_posix()
            is_named = any(place == entry or place.startswith(entry + "/") for entry in listed)
            assert place in read or is_named or (path.is_dir() and any(other.startswith(place + "/") for other in read)), place
    shutil.rmtree(folder)


def test_the_load_log_of_before_is_read(tmp_path: Path) -> None:
    source, home = a_source(tmp_path / "source"), a_home(tmp_path / "home")
    ingest(home, source)
    edit_entry(home, 1, lambda record: record.pop("ignored"))
    assert visible_loads(home)[0].ignored == []

"""Small files of the lake become one: every row of every load is there as it was, for whichever instant, and a kill changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from glassbook.engine import connect
from glassbook.lake.comparison import LakeDamaged
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from glassbook.snapshots import only_one_build
from ingestion.contract import load_contract
from ingestion.loading.compaction import compact
from ingestion.loading.lake_rows import rows_sql
from ingestion.loading.lake_writer import only_writer
from ingestion.loading.load import LoadPlan, ingest
from reports.doctor.lake import look_at_files, look_at_log
from tests.support import homes
from tests.support.changes import a_payment, a_reversal, small_platform
from tests.support.duckdb_source import run, write_database
from tests.support.lake import stray_files
from tests.support.platform import Platform
from warehouse.build import run_build

LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)


def after(days: int) -> datetime:
    return LOADED + timedelta(days=days)


def a_lake(folder: Path) -> tuple[Settings, Path, Platform]:
    """Six loads of a database: new rows, versions, a row in quarantine, rows that went and came back."""
    settings, file = homes.home(folder / "home"), folder / "source.duckdb"
    p, loans = small_platform()
    p.add("fees", **(p.rows("fees")[0] | {"fee_id": 900, "fee_kind": "never heard of"}))
    ingest(homes.at(settings, after(0)), write_database(p, file))
    for number, change in enumerate((a_payment, a_reversal), start=1):
        change(p, loans)
        p.change("loans", loans[number], f"2019-06-2{number} 09:00", purpose=f"said otherwise {number}")
        ingest(homes.at(settings, after(number)), write_database(p, file))
    run(file, "create table kept as from fees where loan_id = 2", "delete from fees where loan_id = 2")
    ingest(homes.at(settings, after(3)), file, LoadPlan(scope="reconcile"))
    run(file, "insert into fees from kept", "drop table kept")
    ingest(homes.at(settings, after(4)), file, LoadPlan(scope="all"))
    p.change("loans", loans[0], "2019-06-29 09:00", purpose="a third word")
    p.fee("7.00", "2019-06-29 10:00", loan_id=loans[0])
    ingest(homes.at(settings, after(5)), write_database(p, file))
    return settings, file, p


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """Such a lake, of which tests take copies, and its source, which they only read."""
    settings, file, _ = a_lake(tmp_path_factory.mktemp("made"))
    return settings, file


def everything(settings: Settings, until: int = 6) -> dict[tuple[str, int, int], list[Any]]:
    """Every row of every span of loads, as a reader of the lake gets it."""
    found = {}
    loads = [load for load in visible_loads(settings) if load.load_seq <= until]
    with connect() as engine:
        for table in load_contract().tables.values():
            for first, last in ((0, until), (0, 3), (3, until), (2, 4), (4, 5)):
                rows = rows_sql(settings, table, loads[first:last])
                columns = f"{', '.join(f'{chr(34)}{name}{chr(34)}' for name in table.column_names)}, _load_seq, _row_hash, file_row_number"
                query = f"select {columns} from {rows} order by _load_seq, file_row_number"
                found[table.name, first, last] = engine.execute(query).fetchall() if rows else []
    return found


def compacted(settings: Settings, many: int = 3) -> Any:
    with only_writer(settings):
        at = homes.at(settings, after(10))
        return compact(at, visible_loads(at), many)


def data_files(settings: Settings, table: str) -> list[str]:
    return sorted(path.name for path in (settings.lake_dir / table).glob("*.parquet") if ".gone." not in path.name)


def test_every_row_of_every_load_is_there_as_it_was(tmp_path: Path) -> None:
    settings, file, p = a_lake(tmp_path)
    before = everything(settings)
    built = homes.rebuilt(settings, tmp_path / "before")
    assert len(data_files(settings, "loans")) > 3 and len(data_files(settings, "fees")) > 2
    entry = compacted(settings)
    assert {"loans", "fees"} <= set(entry.compacted)
    assert everything(settings) == before and not stray_files(settings)
    assert look_at_log(settings).state == look_at_files(settings, is_deep=True).state == "ok"

    # For what was known before, and for all: the same tables, except the list of what is in the log.
    same = run_build(homes.copied(settings, tmp_path / "same", lake_only=True), full=True, known_at=after(5))
    assert homes.difference(built, same) == {} and built.snapshot_id == same.snapshot_id
    assert compacted(settings) is None, "once is enough"
    assert data_files(settings, "loans") == ["00000007.merged.parquet"]
    known = visible_loads(settings, after(3))
    assert [load.load_seq for load in known] == [1, 2, 3, 4]

    # The next load continues as if nothing had happened.
    assert ingest(homes.at(settings, after(11)), file, LoadPlan(scope="all")).load_seq == 6, "nothing new"
    p.fee("8.00", "2019-06-29 11:00", loan_id=1)
    again = ingest(homes.at(settings, after(12)), write_database(p, file))
    assert again.load_seq == 8 and {name: t.rows_new for name, t in again.tables.items() if t.rows_new} == {"users": 1, "fees": 1}
    for number in (9, 10):
        p.fee(f"{number}.50", "2019-06-29 12:00", loan_id=1)
        ingest(homes.at(settings, after(4 + number)), write_database(p, file))
    assert compacted(settings, many=4).compacted.keys() == {"users", "fees"} and compacted(settings) is None
    assert everything(settings) == before and not stray_files(settings) and len(data_files(settings, "fees")) == 1


def test_tables_that_would_soon_have_many_files_are_merged_with_the_one_that_has(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings = homes.copied(made[0], tmp_path / "home")
    counts = {name: len(data_files(settings, name)) for name in load_contract().tables}
    many = max(counts.values())
    assert many > 2 and 2 in counts.values()
    entry = compacted(settings, many)
    assert entry.compacted.keys() == {name for name, count in counts.items() if count >= 2}
    assert compacted(settings, 2) is None


def test_what_a_build_reads_stays_and_what_nobody_claims_is_nobodys_to_remove(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings = homes.copied(made[0], tmp_path / "home")
    # A number in the merged range at which no load brought a row of the table.
    stranger = settings.lake_dir / "loans" / "00000004.parquet"
    assert not stranger.exists()
    stranger.write_bytes(b"of an entry that was lost, perhaps")
    small = data_files(settings, "loans")
    compacted(settings)
    with only_one_build(settings):
        assert compacted(settings) is None and set(small) < set(data_files(settings, "loans"))
    assert compacted(settings) is None
    assert data_files(settings, "loans") == ["00000004.parquet", "00000007.merged.parquet"]
    assert "no entry claims, the first loans/00000004.parquet" in look_at_files(settings, is_deep=False).found


def test_a_merged_file_is_compared_like_any(made: tuple[Settings, Path], tmp_path: Path) -> None:
    settings, file = homes.copied(made[0], tmp_path / "home"), made[1]
    compacted(settings)
    path = settings.lake_dir / "loans" / "00000007.merged.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(LakeDamaged, match=path.name):
        ingest(settings, file)
    assert look_at_files(settings, is_deep=True).state == "broken"


PROGRAM = """
from glassbook.settings import load_settings
from ingestion.loading.compaction import compact
from ingestion.loading.lake_writer import only_writer
from glassbook.lake.loads import visible_loads
settings = load_settings()
with only_writer(settings):
    compact(settings, visible_loads(settings), 3)
"""


POINTS = [("compacted", False), ("in_load_log", False), ("after_load_entry", True), ("after_compaction", True)]


@pytest.mark.parametrize(("point", "is_done"), POINTS)
def test_killed_at_any_point_no_row_is_lost(made: tuple[Settings, Path], tmp_path: Path, point: str, is_done: bool) -> None:
    settings, file = homes.copied(made[0], tmp_path / "home"), made[1]
    before = everything(settings)
    environment = os.environ | {
        "GLASSBOOK_HOME": str(settings.home),
        "GLASSBOOK_FAULT_POINT": point,
        "GLASSBOOK_CLOCK_NOW": after(10).isoformat(),
    }
    process = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, check=False)
    assert process.returncode == -signal.SIGKILL, "the point was reached"
    assert everything(settings) == before and (len(visible_loads(settings)) == 7) == is_done
    ingest(homes.at(settings, after(11)), file, LoadPlan(scope="all"))
    compacted(settings)
    assert everything(settings) == before and not stray_files(settings)

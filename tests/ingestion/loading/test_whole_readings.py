"""A load that reads a whole table detects deleted rows, and the report says for every table when they are detected."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glassbook.cli import glassbook
from glassbook.errors import CheckFailed
from glassbook.lake.loads import Load, visible_loads
from glassbook.settings import Settings
from glassbook.snapshots import connect
from ingestion.loading.load import LoadPlan, ingest, read_source
from ingestion.mapping import Mapping
from tests.support.duckdb_source import run, tables_as_they_are, write_database
from tests.support.lake import a_home, a_platform, content, stray_files
from tests.support.platform import Platform
from warehouse.build import run_build

# A repayment is requested, and then paid: our number includes its state, as for a platform without numbers of its own.
STATES = "(repayment_id * 10 + state)"


def derived(p: Platform, file: Path) -> LoadPlan:
    """A mapping without cursors by which a repayment has another key as soon as its state has changed."""
    write_database(p, file)
    tables: dict[str, Any] = tables_as_they_are(p, file, cursor="none")
    run(file, "alter table repayments add column state integer", "update repayments set state = 1")
    tables["repayments"]["columns"] |= {"repayment_id": {"sql": STATES}}
    return LoadPlan(mapping=Mapping.model_validate({"version": 1, "timezone": "UTC", "tables": tables}))


def standing(settings: Settings, query: str = "select repayment_id from stg_repayments order by 1") -> list[Any]:
    with connect(run_build(settings).database) as connection:
        return [row[0] for row in connection.execute(query).fetchall()]


def deletions(load: Load) -> Counter[str]:
    return Counter(table.deletions for table in load.tables.values())


def test_a_row_whose_derived_key_moves_counts_once(tmp_path: Path) -> None:
    settings, file, p = a_home(tmp_path / "home"), tmp_path / "source.duckdb", a_platform()
    p.repay(1, 2, "2019-03-10 12:00", "500.00", "5.00")
    plan = derived(p, file)
    ingest(settings, file, plan)
    assert standing(settings) == [11, 21]
    run(file, "update repayments set state = 2 where repayment_id = 2")
    load = ingest(settings, file, plan)
    assert (load.tables["repayments"].rows_new, load.tables["repayments"].rows_gone, load.rows_gone) == (1, 1, 1)
    assert load.tables["repayments"].money_sums["principal"]["gone"] == "500.00"
    assert standing(settings) == [11, 22] and standing(settings, "select sum(principal) from stg_repayments") == [1000]
    run(file, "update repayments set state = 1 where repayment_id = 2")
    ingest(settings, file, plan)
    assert standing(settings) == [11, 21], "a state that comes back is the same row again"
    assert not read_source(settings, file, plan).is_new and not stray_files(settings)


def test_a_row_of_a_mutable_table_that_goes_is_deleted_and_comes_back(tmp_path: Path) -> None:
    settings, file, p = a_home(tmp_path / "home"), tmp_path / "source.duckdb", a_platform()
    user = p.user()
    plan = derived(p, file)
    ingest(settings, file, plan)
    run(file, f"create table kept as select * from users where user_id = {user}", f"delete from users where user_id = {user}")
    assert ingest(settings, file, plan).tables["users"].rows_gone == 1
    query = f"select count(*) from ldg_users where user_id = {user} and deleted_at is null"
    assert standing(settings, query) == [0]
    assert standing(settings, "select count(*) from ldg_version_changes") == [0], "a deletion is not a second version of one instant"
    run(file, "insert into users select * from kept")
    ingest(settings, file, plan)
    assert standing(settings, query) == [1]


def test_what_is_read_from_a_cursor_on_is_compared_when_all_is_read(tmp_path: Path) -> None:
    settings, file = a_home(tmp_path / "home"), write_database(p := a_platform(), tmp_path / "source.duckdb")
    first = ingest(settings, file)
    assert deletions(first) == {"now": len(p.tables())}, "the first load reads all"
    run(file, "delete from fees")
    second = read_source(settings, file)
    windowed = {name for name, table in second.found.tables.items() if table.is_windowed}
    assert "fees" in windowed and not second.found.rows_gone
    assert {name for name, table in second.found.tables.items() if table.deletions == "reconcile"} == windowed
    load = ingest(settings, file, LoadPlan(scope="all"))
    assert load.tables["fees"].rows_gone == 1 and deletions(load) == {"now": len(p.tables())}


@pytest.mark.parametrize("left", ["none", "few"])
def test_a_source_that_lost_its_rows_is_not_believed(left: str, tmp_path: Path) -> None:
    settings, file, p = a_home(tmp_path / "home"), tmp_path / "source.duckdb", a_platform()
    for _ in range(20 if left == "none" else 150):
        p.fee("1.00", "2019-01-10 10:00", loan_id=1)
    plan = derived(p, file)
    ingest(settings, file, plan)
    before = content(settings)
    run(file, "delete from fees" + ("" if left == "none" else " where fee_id > 20"))
    with pytest.raises(CheckFailed, match=r"fees: .* are gone from the source") as caught:
        ingest(settings, file, plan)
    assert "--allow-gone fees" in str(caught.value) and "more than half" in str(caught.value)
    assert content(settings) == before and not stray_files(settings)
    assert ingest(settings, file, replace(plan, allow_gone=frozenset({"fees"}))).tables["fees"].rows_gone > 20


def test_another_mapping_that_derives_other_keys_is_not_believed_either(tmp_path: Path) -> None:
    settings, file, p = a_home(tmp_path / "home"), tmp_path / "source.duckdb", a_platform()
    for _ in range(20):
        p.repay(1, 1, "2019-02-10 12:00", "0.10", "0.00")
    plan = derived(p, file)
    ingest(settings, file, plan)
    with pytest.raises(CheckFailed, match="repayments: 19 of 21 rows are gone"):
        ingest(settings, write_database(p, file))
    assert len(visible_loads(settings)) == 1


def test_what_another_source_brought_is_not_looked_for_in_this_one(tmp_path: Path) -> None:
    """Two halves of a platform: each may lose its own rows, and neither counts the other's as gone."""
    settings, p = a_home(tmp_path / "home"), a_platform()
    east = write_database(p, tmp_path / "east.duckdb")
    p.fee("7.00", "2019-01-11 10:00", loan_id=1)
    west = write_database(p, tmp_path / "west.duckdb")
    run(west, "delete from fees where fee_id = 1")
    ingest(settings, east)
    assert not ingest(settings, west, LoadPlan(scope="all")).rows_gone
    run(west, "delete from fees")
    assert ingest(settings, west, LoadPlan(scope="all")).rows_gone == 1
    assert standing(settings, "select fee_id from stg_fees") == [1]
    run(east, "delete from fees")
    assert ingest(settings, east, LoadPlan(scope="all")).rows_gone == 1


def test_where_a_key_cannot_be_read_nothing_is_taken_for_gone(tmp_path: Path) -> None:
    """The missing row may be the one that cannot be read."""
    settings, file, p = a_home(tmp_path / "home"), tmp_path / "source.duckdb", a_platform()
    for _ in range(60):
        p.fee("1.00", "2019-01-10 10:00", loan_id=1)
    plan = derived(p, file)
    run(file, "alter table fees alter fee_id type varchar")
    ingest(settings, file, plan)
    run(file, "update fees set fee_id = '6 0' where fee_id = '60'")
    load = ingest(settings, file, plan)
    fees = load.tables["fees"]
    assert (fees.rows_quarantined, fees.rows_gone, fees.deletions) == (1, 0, "reconcile")
    assert not ingest(settings, file, replace(plan, scope="reconcile")).rows_gone
    run(file, "update fees set fee_id = '60' where fee_id = '6 0'", "delete from fees where fee_id = '61'")
    assert ingest(settings, file, plan).tables["fees"].rows_gone == 1


def test_the_report_says_for_every_table_when_deleted_rows_are_found(tmp_path: Path) -> None:
    folder = a_platform().write(tmp_path / "folder")
    file = write_database(a_platform(), tmp_path / "source.duckdb")

    def told(home: str, *words: str) -> str:
        outcome = CliRunner().invoke(glassbook, list(words), env={"GLASSBOOK_HOME": str(tmp_path / home)})
        assert outcome.exit_code == 0, outcome.output
        return next(line.strip() for line in outcome.output.splitlines() if "deleted at the source" in line)

    assert "never (a folder" in told("folder-home", "ingest", "--source", str(folder))
    assert "by this load in all" in told("home", "ingest", "--source", str(file))
    line = told("home", "ingest", "--source", str(file))
    assert "by this load in " in line and "by `glassbook reconcile` in " in line and "fees" in line.split("reconcile")[1]
    assert "by this load in all" in told("home", "reconcile", "--source", str(file))

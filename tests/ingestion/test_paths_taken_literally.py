"""Homes and sources are those that are named, whatever characters are in their names: none is read in place of another."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import Mapping
from reports.figures.reading import read_figures
from reports.filing.acts.writing import write_filing
from reports.filing.declare.regime import load_regime
from simulator import simulate
from tests.ingestion.sources import test_other_files as forms
from tests.support import homes
from tests.support.lake import a_home, a_platform, rows
from tests.support.platform import Platform
from warehouse.build import run_build

# The first, as a pattern, is the second: what is taken from there is another platform's.
PAIRS = [("g[1]", "g1")]
SOURCES = ["g[1]", "a*b", "q?", "[!x]", "{a,b}", "#1 100% ~", "it's 来源 year=2019"]
HOME = "it's a*b [x] 主页 year=2019"
OF_DATABASES = {"?": "q?", "#": "h#", "{": "{a,b}", "\\": "b\\s"}


def a_loan_of(amount: str) -> Platform:
    """A platform whose one loan is of this amount."""
    platform = Platform()
    loan = platform.loan(amount)
    platform.plan(loan, [("2019-02-10", amount, "10.00")])
    return platform


def lent(settings: Settings) -> Decimal | None:
    """What the snapshot in force says was lent in all."""
    snapshot = current_snapshot(settings)
    assert snapshot.as_of is not None
    figures = read_figures(snapshot, load_regime("cn"), snapshot.as_of)
    return next(figure.value for figure in figures.figures if figure.code == "CN-A01")


@pytest.mark.parametrize(("name", "neighbour"), PAIRS)
def test_two_homes_of_which_one_is_a_pattern_of_the_other(name: str, neighbour: str, tmp_path: Path) -> None:
    amounts = {neighbour: "1000.00", name: "2500.00"}
    made = {}
    for folder, amount in amounts.items():
        made[folder] = settings = homes.home(tmp_path / folder)
        ingest(settings, a_loan_of(amount).write(tmp_path / folder / "platform"))
    for settings in made.values():
        run_build(settings)
    for folder, amount in amounts.items():
        ingest(made[folder], a_loan_of(amount).write(tmp_path / folder / "platform"))
        assert lent(made[folder]) == Decimal(amount)
        filed = write_filing(made[folder], "cn", "2019-01", tmp_path / folder / "out" / "cn-2019-01")
        assert f"CN-A01,{amount}" in (filed.folder / "figures.csv").read_text(encoding="utf-8").replace('"', "")


def test_a_home_of_any_name_is_loaded_and_built_twice(tmp_path: Path) -> None:
    settings = homes.home(tmp_path / HOME)
    platform = a_loan_of("1000.00")
    ingest(settings, platform.write(tmp_path / HOME / "platform"))
    run_build(settings)
    loan = platform.loan("500.00")
    platform.plan(loan, [("2019-03-10", "500.00", "5.00")])
    ingest(settings, platform.write(tmp_path / HOME / "later"))
    run_build(settings)
    assert lent(settings) == Decimal("1500.00")


@pytest.mark.parametrize("sign", OF_DATABASES)
def test_a_home_that_databases_cannot_lie_under_is_refused(sign: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="databases cannot lie under"):
        Settings(home=tmp_path / OF_DATABASES[sign] / "home")


CHANGES = [forms.gzipped, forms.zipped_each, forms.zipped_whole, forms.workbooks, forms.duckdb_file, forms.sqlite_file]


@pytest.mark.parametrize(("change", "name"), [*((None, name) for name in SOURCES), *((change, " ".join(SOURCES)) for change in CHANGES)])
def test_a_source_of_any_name_is_read(change: Callable[[Path], Path] | None, name: str, tmp_path: Path) -> None:
    # Files that the name would match as a pattern are beside it.
    for other in ("g1", "q1", "a-b", "y"):
        a_loan_of("1.00").write(tmp_path / other)
    plain = a_platform().write(tmp_path / "plain")
    expected = a_home(tmp_path / "expected")
    ingest(expected, plain)
    source = change(plain) if change else plain
    named = tmp_path / (name + source.suffix)
    source.rename(named)
    home = a_home(tmp_path / "home")
    ingest(home, named)
    for table in ("users", "loans", "instalments", "repayments", "fees"):
        assert rows(home, table) == rows(expected, table), table


def test_a_mapped_folder_of_such_a_name_is_read(tmp_path: Path) -> None:
    for name, amount in (("g1", "1.00"), ("g[1]", "2500.00")):
        a_loan_of(amount).write(tmp_path / name)
    tables = {
        name: {"from": name, "columns": {column: column for column in table.column_names}} for name, table in load_contract().tables.items()
    }
    home = a_home(tmp_path / "home")
    ingest(home, tmp_path / "g[1]", LoadPlan(Mapping.model_validate({"version": 1, "tables": tables})))
    assert [row["amount"] for row in rows(home, "loans")] == [Decimal("2500.00")]


def test_a_database_under_a_backslash_is_refused_and_not_looked_for_elsewhere(tmp_path: Path) -> None:
    source = forms.duckdb_file(a_platform().write(tmp_path / "source"))
    folder = tmp_path / "b\\s"
    folder.mkdir()
    shutil.move(source, folder / "x.duckdb")
    with pytest.raises(InputError, match="backslash"):
        ingest(a_home(tmp_path / "home"), folder / "x.duckdb")


def test_a_simulated_platform_goes_where_it_is_told(tmp_path: Path) -> None:
    for name in ("it's", "g[1]"):
        simulate(tmp_path / name, 50, 1, homes.START, homes.START, False)
        assert (tmp_path / name / "loans.parquet").is_file()

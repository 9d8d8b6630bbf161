"""A build that starts from the last snapshot publishes, row for row, the same as a full build.

It computes only what changed; another reading or other code makes it compute everything.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from tests.support import changes, homes
from tests.support.changes import CHAINS, a_related_party, small_platform
from tests.support.platform import Platform
from tests.support.whole_builds import whole_builds
from warehouse import build, preparation
from warehouse.build import run_build

FIRST_END, SECOND_END = date(2019, 6, 17), date(2019, 6, 20)
LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)


# Chains in which the marts of marketing and operations change as well, and are made.
OF_MARTS = ("people", "whole_product", "no_trace")


def built_in(folder: Path) -> tuple[Settings, Platform, list[int]]:
    """A home in which that platform was loaded and built."""
    p, loans = small_platform()
    return homes.built_by_hand(p, folder, LOADED), p, loans


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Platform, list[int]]:
    """Such a home, without marts."""
    return built_in(tmp_path_factory.mktemp("by-hand"))


@pytest.fixture(scope="module")
def built_whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Platform, list[int]]:
    """Such a home, with every mart."""
    with whole_builds():
        return built_in(tmp_path_factory.mktemp("by-hand-whole"))


def build_again(settings: Settings, p: Platform, folder: Path) -> Snapshot:
    """Loads the platform as it is now and builds from the last snapshot; fails when that differs from building everything."""
    ingest(homes.at(settings, LOADED + timedelta(days=1)), p.write(folder / "source"))
    snapshot = run_build(settings)
    assert homes.difference(snapshot, homes.rebuilt(settings, folder / "again")) == {}
    return snapshot


def touched(snapshot: Snapshot) -> set[int]:
    """Loans that the build computed again."""
    found: set[int] = set(homes.sole_of_build(snapshot, "select coalesce(list(loan_id), []) from ldg_touched_loans"))
    return found


def test_more_days_of_a_simulated_platform(tmp_path: Path) -> None:
    with whole_builds():
        more_days(tmp_path)


def more_days(tmp_path: Path) -> None:
    """A platform for three more days, with every simulated anomaly."""
    settings = homes.home(tmp_path / "home")
    homes.load_simulated(settings, FIRST_END, anomalies=True)
    told = told_of_people(run_build(settings))
    homes.load_simulated(settings, SECOND_END, anomalies=True)
    snapshot = run_build(settings)
    assert homes.sole(snapshot, "select count(*) from stg_repayments where _load_seq = 2") > 0
    assert homes.sole(snapshot, "select max(seq) from (select max(_load_seq) as seq from stg_loans)") == 2
    assert 0 < len(touched(snapshot)) < homes.sole(snapshot, "select count(*) from ldg_loans") / 4
    # Files of two days say no more about a complete month than one.
    assert len(told) > 100 and told - told_of_people(snapshot) == set()
    assert homes.difference(snapshot, homes.rebuilt(settings, tmp_path / "again")) == {}


def told_of_people(snapshot: Snapshot) -> set[tuple[object, ...]]:
    """What the public file of a build says of groups of people, row by row."""
    with connect(snapshot.public_database) as connection:
        tables = ("rpt_cn_public_people", "rpt_cn_public_borrowing", "rpt_cn_public_lending")
        return {(table, *row) for table in tables for row in connection.execute(f"from {table}").fetchall()}


@pytest.mark.parametrize("name", OF_MARTS)
def test_changes_one_upon_another_with_marts(name: str, built_whole: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    with whole_builds():
        changed_and_rebuilt(name, built_whole, tmp_path)


@pytest.mark.parametrize("name", [name for name in CHAINS if name not in OF_MARTS])
def test_changes_one_upon_another(name: str, built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    changed_and_rebuilt(name, built, tmp_path)


def changed_and_rebuilt(name: str, built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    """Each change of a chain touches what it should, and the last build is row for row what a build of everything is."""
    settings, p, loans = built
    settings, p = homes.copied(settings, tmp_path / "home"), p.copy()
    for day, change in enumerate(CHAINS[name], start=1):
        expected = change(p, loans)
        ingest(homes.at(settings, LOADED + timedelta(days=day)), p.write(tmp_path / f"source{day}"))
        snapshot = run_build(settings)
        assert touched(snapshot) == expected, change.__name__
    assert homes.difference(snapshot, homes.rebuilt(settings, tmp_path / "again")) == {}


def test_every_change_is_in_a_chain() -> None:
    given = {name for name, change in vars(changes).items() if getattr(change, "__annotations__", {}).keys() == {"p", "loans", "return"}}
    assert sorted(change.__name__ for chain in CHAINS.values() for change in chain) == sorted(given)


def test_a_related_party_that_is_none_any_more(built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    settings, p, loans = built
    settings, p = homes.copied(settings, tmp_path / "home"), p.copy()
    a_related_party(p, loans)
    first = build_again(settings, p, tmp_path / "first")
    figure = "select value from rpt_cn_figures where code = 'CN-A13' order by as_of_on desc limit 1"
    assert homes.sole(first, figure) == 1
    p.change("users", p.rows("loans")[1]["borrower_id"], "2019-06-30 12:00", related_party_kind=None)
    ingest(homes.at(settings, LOADED + timedelta(days=2)), p.write(tmp_path / "source"))
    second = run_build(settings)
    assert homes.sole(second, figure) == 0
    assert homes.difference(second, homes.rebuilt(settings, tmp_path / "again")) == {}


def test_a_later_loan_that_is_promotional_for_a_while(built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    """Daily balances of promotional loans come and go with the only one, also for the days before it."""
    settings, p, loans = built
    settings, p = homes.copied(settings, tmp_path / "home"), p.copy()
    own_product = p.rows("loans")[5]["product_id"]
    p.change("loans", loans[5], "2019-06-30 10:00", product_id=p.product(is_promotional=True))
    first = build_again(settings, p, tmp_path / "first")
    days = "select min(day_on) from fct_portfolio_daily where is_promotional"
    assert homes.sole(first, days) == date(2019, 1, 10)
    p.change("loans", loans[5], "2019-06-30 12:00", product_id=own_product)
    ingest(homes.at(settings, LOADED + timedelta(days=2)), p.write(tmp_path / "source"))
    second = run_build(settings)
    assert homes.sole(second, days) is None
    assert homes.difference(second, homes.rebuilt(settings, tmp_path / "again")) == {}


def test_only_days_from_the_change_on_are_computed_again(built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    settings, p, loans = built
    settings, p = homes.copied(settings, tmp_path / "home"), p.copy()
    p.repay(loans[4], 2, "2019-05-10 10:00", "1000.00", "60.00", created_at="2019-06-30 10:00")
    p.change("loans", loans[0], "2019-06-30 10:00", status="settled")
    snapshot = build_again(settings, p, tmp_path)
    assert homes.sole_of_build(snapshot, "select min(day_on) from rpt_cn_days where must_compute") == date(2019, 5, 31)


def test_a_table_supplied_for_the_first_time(tmp_path: Path) -> None:
    p, _ = small_platform()
    settings = homes.home(tmp_path / "home")
    ingest(homes.at(settings, LOADED), p.write(tmp_path / "before", without=["fees", "complaints"]))
    january = "select value from rpt_cn_figures where code = 'CN-B19' and as_of_on = '2019-01-31'"
    assert homes.sole(run_build(settings), january) is None
    assert homes.sole(build_again(settings, p, tmp_path), january) == 0


def test_a_platform_whose_first_load_brings_no_row(tmp_path: Path) -> None:
    settings = homes.home(tmp_path / "home")
    ingest(homes.at(settings, LOADED), Platform().write(tmp_path / "empty"))
    assert run_build(settings).as_of is None
    p, loans = small_platform()
    ingest(homes.at(settings, LOADED + timedelta(days=1)), p.write(tmp_path / "source"))
    assert touched(run_build(settings)) == set(loans)


@pytest.mark.parametrize("name", ["over_90_amount", "overdue_rate_base", "count_promotional", "timezone"])
def test_another_reading_computes_everything_again(name: str, built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    values = {"over_90_amount": "overdue_amount", "overdue_rate_base": "principal", "count_promotional": True, "timezone": "UTC"}
    settings, _, loans = built
    before = run_build(settings)
    settings = homes.copied(settings, tmp_path / "home").model_copy(update={name: values[name]})
    snapshot = run_build(settings)
    assert snapshot.snapshot_id != before.snapshot_id
    assert touched(snapshot) == set(loans)


def test_other_code_computes_everything_again(
    built: tuple[Settings, Platform, list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _, loans = built
    settings = homes.copied(settings, tmp_path / "home")
    monkeypatch.setattr(preparation, "code_version", lambda **_: "another")
    assert touched(run_build(settings)) == set(loans)


def test_nothing_new_builds_nothing(built: tuple[Settings, Platform, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _, _ = built
    before = run_build(settings)
    monkeypatch.setattr(build, "run_dbt", lambda *_, **__: pytest.fail("a model ran"))
    assert run_build(settings) == before

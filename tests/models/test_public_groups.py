"""What public tables leave out of people cannot be worked out: from no page, from what else is left out, from no other day's page."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.differencing import Page, Said, pages_of, small_groups, small_groups_over_time, told_apart
from tests.support.platform import Platform
from warehouse.build import run_build
from warehouse.publication import public_columns

LEAST = 5
ATTRIBUTES = ("user_kind", "province_code", "industry_code", "income_band")
DAYS = [date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31), date(2019, 4, 30)]
EVERY_MONTH = 12
ROWS = f"""
select distinct listing.borrower_id, {", ".join("project." + name for name in ATTRIBUTES)}
from rpt_cn_public_projects_as_of(?) as project inner join ldg_loans as listing on listing.loan_id = project.loan_id
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which twelve people borrow in each of three months; every third repays in the month after."""
    p = Platform()
    for month in (1, 2, 3):
        for number in range(EVERY_MONTH):
            at = f"2019-{month:02}-10 10:00"
            loan = p.loan("1200.00", disbursed_at=at, borrower_id=p.user())
            p.plan(loan, [(date(2019, month + 1, 10), "1200.00", "12.00")])
            if number % 3 == 0:
                p.repay(loan, 1, f"2019-{month + 1:02}-10 09:00", "1200.00", "12.00")
    # So that the data reaches beyond the last of the days.
    p.complaint("2019-05-02 10:00")
    folder = tmp_path_factory.mktemp("groups")
    settings = homes.home(folder / "home")
    ingest(homes.at(settings, datetime(2019, 5, 3, 2, tzinfo=UTC)), p.write(folder / "source"))
    return run_build(settings).database


@pytest.fixture
def warehouse(made: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy in which people may be changed."""
    copy = tmp_path / made.name
    shutil.copyfile(made, copy)
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as connection:
        yield connection


def borrowers(connection: duckdb.DuckDBPyConnection, month: int | None = None) -> list[int]:
    """Everyone who borrowed, or those of one month."""
    query = "select borrower_id from ldg_loans where ? is null or month(disbursed_on) = ? order by 1"
    return [person for (person,) in connection.execute(query, [month, month]).fetchall()]


def become(connection: duckdb.DuckDBPyConnection, people: dict[int, Said]) -> None:
    """Only these people borrowed, and they are so."""
    connection.execute("delete from ldg_loans where not list_contains(?, borrower_id)", [list(people)])
    assignments = ", ".join(f"{name} = ?" for name in ATTRIBUTES)
    for person, said in people.items():
        padded = [*said, *[None] * (len(ATTRIBUTES) - len(said))]
        connection.execute(f"update ldg_users_as_first_known set {assignments} where user_id = ?", [*padded, person])


def pages(connection: duckdb.DuckDBPyConnection, width: int = len(ATTRIBUTES)) -> dict[str, dict[int, Said]]:
    """What the page of each month end says of whom."""
    found = {}
    for day in DAYS:
        rows = connection.execute(ROWS, [day]).fetchall()
        found[str(day)] = {person: tuple(said[:width]) for person, *said in rows}
        assert len(found[str(day)]) == len(rows), "one thing is said of a person, whatever their loans"
    return found


def drawn(connection: duckdb.DuckDBPyConnection, seed: int) -> dict[int, Said]:
    """Some of the people, with attributes of which some are rare, others shared by many, and some not known."""
    draw = random.Random(seed)
    people = draw.sample(borrowers(connection), draw.randint(8, 3 * EVERY_MONTH))
    rare = draw.choice([0.05, 0.2, 0.5])

    def one(*values: str | None) -> str | None:
        return values[0] if draw.random() > rare else draw.choice(values)

    return {
        person: (one("individual", "enterprise"), one("31", "44", "51", None), one("C", "F", None), one("low", "high", None))
        for person in sorted(people)
    }


@pytest.mark.parametrize("seed", range(12))
def test_no_page_and_no_set_of_pages_singles_anybody_out(warehouse: duckdb.DuckDBPyConnection, seed: int) -> None:
    people = drawn(warehouse, seed)
    become(warehouse, people)
    found = pages(warehouse)
    for day, page in found.items():
        assert small_groups(page, LEAST) == [], day
    assert small_groups_over_time(list(found.values()), LEAST) == []
    assert found == pages_of(people, found, LEAST), "and no more is left out than the rule asks"


@pytest.mark.parametrize(
    ("first_month", "second_month"),
    [
        ("IIIIIIE", ""),
        ("IIIIIIIIIIIE", "E"),
        ("IIIIIEE", "EEE"),
        ("IIIIII", "E"),
        ("IIIIIIE", "IIIIIII"),
        ("IIIIIIEEEEE", "E"),
        ("EEEEEI", "IIII"),
    ],
    ids=["one of seven", "one of many, then one", "two, then three", "one newcomer", "one, then others", "one more", "the other way round"],
)
def test_nobody_can_be_told_to_be_an_enterprise_by_any_reasoning(
    warehouse: duckdb.DuckDBPyConnection, first_month: str, second_month: str
) -> None:
    """Every world that could have led to the pages is tried: no person without a published kind has the same kind in all of them."""
    kinds = {"I": "individual", "E": "enterprise"}
    people: dict[int, Said] = {}
    for month, spelled in ((1, first_month), (2, second_month)):
        people |= {person: (kinds[kind],) for person, kind in zip(borrowers(warehouse, month), spelled, strict=False)}
    become(warehouse, people)
    found = pages(warehouse, width=1)
    told = told_apart(found, found, list(kinds.values()), LEAST)
    assert [kind for kind, count in Counter(told.values()).items() if count < LEAST] == []


def test_the_attack_finds_what_a_rule_gives_away_that_leaves_out_small_groups_alone() -> None:
    """A check that cannot fail is worse than none: pages of the rule of before are seen through."""
    alone: Page = {person: ("individual",) for person in range(6)} | {6: (None,)}
    assert small_groups(alone, LEAST) == [(None,)]
    assert small_groups_over_time([dict.fromkeys(range(7), (None,)), alone], LEAST) == [(0, (None,))], "and from another day's page"


def test_nothing_else_that_is_public_says_of_what_kind_anybody_is() -> None:
    """Totals by an attribute that the table of projects leaves out would give it away: no public table has one but of whole groups."""
    allowed: dict[str, Any] = public_columns()
    having = {table for table, rule in allowed.items() if set(ATTRIBUTES) & set(rule["columns"])}
    assert having == {"rpt_cn_public_projects"}
    # Totals of groups that are whole (test_public_people), and of what projects are, not people.
    told_in_groups = {table for table, rule in allowed.items() if "segment_kind" in rule["columns"]}
    assert told_in_groups == {f"rpt_cn_public_{name}" for name in ("people", "borrowing", "lending", "portfolio")}
    people = {
        "borrower_id",
        "lender_id",
        "user_id",
        "masked_name",
        "masked_id_number",
        "borrower_outstanding_amount",
        "borrower_loans_count",
    }
    assert not [table for table, rule in allowed.items() if people & set(rule["columns"])], "nor joins the projects of one person"


def test_totals_leave_no_project_out(warehouse: duckdb.DuckDBPyConnection) -> None:
    """A difference between a total and the rows would be what was left out: there is none, only what is said of whom is."""
    for day in DAYS:
        rows = warehouse.execute(
            "select count(*), coalesce(sum(outstanding_amount), 0) from rpt_cn_public_projects_as_of(?)", [day]
        ).fetchone()
        query = "select outstanding_loans_count, outstanding_amount from fct_portfolio_daily where day_on = ? and not is_promotional"
        assert warehouse.execute(query, [day]).fetchone() == rows

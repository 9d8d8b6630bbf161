"""What is published about people by month: it agrees with the records, and sums or differences show nothing about fewer than five."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from tests.oracle.ledger import Book
from tests.oracle.public_groups import Groups, borrowers, by_part, lenders
from tests.oracle.source import Source
from tests.support.built import LAST
from tests.support.differencing import Said, small_groups
from tests.support.group_attacks import LEVELS, people_told, small_differences, tell_anew

LEAST = 5
KINDS = {"borrower": LEVELS, "lender": ("user_kind", "province_code", "income_band")}
MONEY = {"borrower": "rpt_cn_public_borrowing", "lender": "rpt_cn_public_lending"}
COUNTED = {"borrower": borrowers, "lender": lenders}


@pytest.fixture(scope="module")
def source(small_home: Settings) -> Source:
    return Source(small_home.platform_dir)


@pytest.fixture(scope="module")
def book(source: Source) -> Book:
    return source.book


@pytest.fixture
def copy(small_snapshot: Snapshot, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the small home's warehouse in which people may be changed."""
    path = tmp_path / small_snapshot.database.name
    shutil.copyfile(small_snapshot.database, path)
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        yield connection


def become(connection: duckdb.DuckDBPyConnection, settings: Settings, people: dict[int, Said], least: int) -> None:
    """The same loans with other people, published with another minimum group."""
    connection.execute("update cn_thresholds set value = ? where threshold_code = 'minimum_group_count'", [least])
    assignments = ", ".join(f"{name} = drawn.{name}" for name in LEVELS)
    rows = [[person, *said] for person, said in people.items()]
    connection.execute(f"create temp table drawn (user_id bigint, {', '.join(f'{name} varchar' for name in LEVELS)})")
    connection.executemany("insert into drawn values (?, ?, ?, ?, ?)", rows)
    connection.execute(f"update ldg_users_as_first_known as person set {assignments} from drawn where drawn.user_id = person.user_id")
    tell_anew(connection, settings)


def drawn(source: Source, seed: int) -> dict[int, Said]:
    """All people with attributes, of which some are rare, others shared by many, and some unknown."""
    draw = random.Random(seed)
    rare = draw.choice([0.03, 0.1, 0.3])

    def one(*values: str | None) -> str | None:
        return values[0] if draw.random() > rare else draw.choice(values)

    return {
        person: (one("individual", "enterprise"), one("31", "44", "51", None), one("C", "F", None), one("low", "high", None))
        for person in sorted(source.users)
    }


def of_kind(people: dict[int, Said], kind: str) -> dict[int, Said]:
    """What is published about people of this kind, in its order."""
    return {person: tuple(said[LEVELS.index(level)] for level in KINDS[kind]) for person, said in people.items()}


def expected_people(groups: Groups, kind: str) -> dict[tuple[date, str, str], int]:
    """By month end: how many had come by then, of each part of what is said of them."""
    days = sorted(groups.came)
    found: dict[tuple[date, str, str], int] = {}
    for day in days:
        by_then = [(said, Decimal(1)) for end, people in groups.came.items() if end <= day for said in people.values()]
        found |= {(day, *part): int(count) for part, count in by_part(by_then, KINDS[kind]).items()}
    return found


def expected_money(groups: Groups, kind: str) -> dict[tuple[date, str, str], Decimal]:
    """By month end: what was borrowed or lent in its month, of each part and as a whole."""
    found: dict[tuple[date, str, str], Decimal] = {}
    for day, people in groups.money.items():
        amounts = groups.amounts[day]
        found |= {(day, *part): amount for part, amount in by_part([(s, amounts[p]) for p, s in people.items()], KINDS[kind]).items()}
        if amounts:
            found[day, "total", "all"] = sum(amounts.values(), Decimal(0))
    return found


def told_money(connection: duckdb.DuckDBPyConnection, kind: str) -> dict[Any, Decimal]:
    rows = connection.execute(f"select as_of_on, segment_kind, segment_code, month_amount from {MONEY[kind]}").fetchall()
    return {(day, of, segment): amount for day, of, segment, amount in rows if segment != "not_said"}


def said_people(connection: duckdb.DuckDBPyConnection, kind: str) -> dict[Any, int]:
    return {key: n for key, n in people_told(connection, kind).items() if key[1] != "total" and key[2] != "not_said"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_no_sum_and_no_difference_is_of_a_few(
    copy: duckdb.DuckDBPyConnection, small_home: Settings, source: Source, book: Book, seed: int, kind: str
) -> None:
    people = drawn(source, seed)
    become(copy, small_home, people, LEAST)
    groups = COUNTED[kind](book, of_kind(people, kind), LAST, LEAST)
    assert said_people(copy, kind) == expected_people(groups, kind) != {}
    assert told_money(copy, kind) == expected_money(groups, kind)
    assert len(told_money(copy, kind)) > len(groups.money), "of somebody's money something is said"
    # By numbers only, and by which people no number distinguishes.
    assert small_differences(people_told(copy, kind), LEAST, is_everybody_in=kind == "lender") == []
    for page in [*groups.came.values(), *groups.money.values()]:
        assert small_groups(page, LEAST) == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_rule_the_attack_finds_them_and_the_counts_are_those_of_the_records(
    copy: duckdb.DuckDBPyConnection, small_home: Settings, source: Source, book: Book, kind: str
) -> None:
    people = drawn(source, 0)
    become(copy, small_home, people, 1)
    groups = COUNTED[kind](book, of_kind(people, kind), LAST, 1)
    assert {p: said for page in groups.came.values() for p, said in page.items()}.items() <= of_kind(people, kind).items()
    assert said_people(copy, kind) == expected_people(groups, kind) != {}
    assert told_money(copy, kind) == expected_money(groups, kind)
    assert small_differences(people_told(copy, kind), LEAST, is_everybody_in=kind == "lender") != []
    assert any(small_groups(page, LEAST) for page in groups.money.values())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_published_is_what_the_records_say(small_snapshot: Snapshot, source: Source, book: Book, kind: str) -> None:
    people = {who: tuple(row[level] for level in LEVELS) for who, row in source.users.items()}
    groups = COUNTED[kind](book, of_kind(people, kind), LAST, LEAST)
    with connect(small_snapshot.public_database) as connection:
        assert said_people(connection, kind) == expected_people(groups, kind) != {}
        assert told_money(connection, kind) == expected_money(groups, kind)
        assert small_differences(people_told(connection, kind), LEAST, is_everybody_in=kind == "lender") == []


def test_the_money_of_borrowers_is_told_no_finer_than_the_list_of_projects_tells_them(
    copy: duckdb.DuckDBPyConnection, small_home: Settings, source: Source
) -> None:
    become(copy, small_home, drawn(source, 1), LEAST)
    told = {key: amount for key, amount in told_money(copy, "borrower").items() if key[1] != "total"}
    assert told
    for (day, kind, segment), amount in told.items():
        query = f"select coalesce(sum(amount), 0) from rpt_cn_public_projects_as_of(?) where {kind} = ?"
        [(listed,)] = copy.execute(query, [day, segment]).fetchall()
        assert amount <= listed, (day, kind, segment)


def test_the_whole_is_the_disclosed_figure_and_parts_add_up(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.public_database) as connection:
        wholes = connection.execute(
            "select count(*), count(*) filter (figure.value <> told.people_count) from rpt_cn_public_people as told "
            "inner join rpt_cn_figures as figure on figure.as_of_on = told.as_of_on and told.segment_kind = 'total' "
            "and figure.code = case told.people_kind when 'lender' then 'CN-A06' else 'CN-A07' end"
        ).fetchone()
        assert wholes is not None and wholes[0] == 30 and wholes[1] == 0
        lent = connection.execute(
            "select count(*), count(*) filter (figure.value <> told.month_amount) from rpt_cn_public_lending as told "
            "inner join rpt_cn_figures as figure on figure.as_of_on = told.as_of_on and told.segment_kind = 'total' "
            "and figure.code = 'CN-B17'"
        ).fetchone()
        for table, value, keys in (
            ("rpt_cn_public_people", "people_count", "as_of_on, people_kind"),
            ("rpt_cn_public_lending", "month_amount", "as_of_on"),
            ("rpt_cn_public_borrowing", "month_amount", "as_of_on"),
            ("rpt_cn_public_portfolio", "outstanding_amount", "as_of_on"),
        ):
            sums = f"select {keys}, segment_kind, sum({value}) as total from {table} group by all"
            query = f"select count(distinct total), count(*) from ({sums}) group by {keys}"
            found = connection.execute(query).fetchall()
            assert len(found) >= 15 and {(one, count > 3) for one, count in found} == {(1, True)}, table
    assert lent == (15, 0)

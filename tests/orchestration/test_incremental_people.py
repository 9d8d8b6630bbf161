"""Incremental builds give the same funnels and credits as full builds, whatever becomes known late about people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from glassbook.settings import Settings
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)
LATE_LISTING = 99
MONTHS = ("2019-03", "2019-04", "2019-05", "2019-06")


def visit(p: Platform, visitor: str, at: str, user: int | None = None, medium: str = "sms") -> None:
    """A session of a visitor, known from the instant on at which it began."""
    p.add("web_sessions", visitor_id=visitor, user_id=user, started_at=at, utm_medium=medium)


def platform() -> tuple[Platform, list[int]]:
    """Each month two people who register after two visits, and a stranger; the first of the two invests, and pays a fee, a month later."""
    p, people = Platform(), []
    for month, after in zip(MONTHS, (*MONTHS[1:], "2019-06"), strict=True):
        for number in range(2):
            person = p.user(registered_at=f"{month}-10 12:00")
            people.append(person)
            visit(p, f"of-{person}", f"{month}-02 10:00", medium="cpc")
            visit(p, f"of-{person}", f"{month}-10 11:50", person, "email")
            if number == 0:
                listing = p.listing("100.00")
                p.invest(listing, person, "50.00", f"{after}-20 10:00")
                visit(p, f"of-{person}", f"{after}-20 09:00", person, "push")
                p.fee("3.00", f"{after}-20 10:00", user_id=person)
        visit(p, f"stranger-{month}", f"{month}-15 10:00", medium="cpc")
        visit(p, f"stranger-{month}", f"{month}-25 10:00", medium="email")
    loan = p.loan("100.00", disbursed_at="2019-05-01 10:00", borrower_id=people[1])
    p.plan(loan, [("2019-06-01", "100.00", "1.00")])
    # One who was moved from another system: their rows are older than their registration.
    person = p.user(registered_at="2019-05-20 12:00")
    people.append(person)
    p.add("fund_movements", user_id=person, movement_kind="deposit", amount="500.00", occurred_at="2019-03-12 10:00")
    p.add("rewards", user_id=person, reward_kind="cash", amount="32.14", granted_at="2019-03-12 10:00", expires_at="2019-04-05 10:00")
    p.loan("300.00", disbursed_at="2019-04-20 10:00", borrower_id=person)
    # What is charged and set aside before a listing is there.
    for number in (loan, LATE_LISTING):
        p.fee("5.00", "2019-03-15 10:00", user_id=people[1], loan_id=number)
        p.add("risk_reserve_movements", loan_id=number, movement_kind="contribution", amount="1.00", occurred_at="2019-03-16 10:00")
    return p, people


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Platform, list[int]]:
    """A home in which that platform was loaded and built."""
    p, people = platform()
    folder = tmp_path_factory.mktemp("people")
    return homes.built_by_hand(p, folder, LOADED), p, people


def a_stranger_of_months_ago_registers(p: Platform, people: list[int]) -> None:
    person = p.user(registered_at="2019-06-29 12:00")
    visit(p, "stranger-2019-03", "2019-06-29 11:00", person, "push")


def a_session_known_late(p: Platform, people: list[int]) -> None:
    p.add("web_sessions", visitor_id=f"of-{people[0]}", started_at="2019-03-05 10:00", utm_medium="cps", created_at="2019-06-29 12:00")


def a_visitor_who_is_another_user_too(p: Platform, people: list[int]) -> None:
    p.add(
        "web_sessions", visitor_id=f"of-{people[2]}", user_id=people[3], started_at="2019-04-01 10:00", utm_medium="banner",
        created_at="2019-06-29 12:00",
    )  # fmt: skip


def an_investment_and_a_loan_known_late(p: Platform, people: list[int]) -> None:
    p.add("investments", loan_id=1, lender_id=people[1], amount="20", invested_at="2019-03-30 10:00", created_at="2019-06-29 12:00")
    p.loan("200.00", disbursed_at="2019-04-15 10:00", borrower_id=people[3], updated_at="2019-06-29 12:00")
    p.fee("1.00", "2019-04-20 10:00", user_id=people[3], created_at="2019-06-29 12:00")


def a_registration_deleted_and_one_moved(p: Platform, people: list[int]) -> None:
    p.delete("users", people[4], "2019-06-29 12:00")
    p.change("users", people[5], "2019-06-29 12:00", registered_at="2019-04-28 12:00")


def a_listing_deleted(p: Platform, people: list[int]) -> None:
    p.delete("loans", 2, "2019-06-29 12:00")


def another_channel_of_rows_before_the_registration(p: Platform, people: list[int]) -> None:
    p.add(
        "web_sessions",
        visitor_id="of-moved",
        user_id=people[8],
        started_at="2019-05-20 11:59",
        utm_medium="email",
        created_at="2019-06-29 12:00",
    )


def another_province_of_rows_before_the_registration(p: Platform, people: list[int]) -> None:
    p.change("users", people[8], "2019-06-30 12:00", province_code="110000")


def another_grade_of_a_listing_with_older_rows(p: Platform, people: list[int]) -> None:
    p.change("loans", 5, "2019-06-29 12:00", credit_grade="D")


def a_listing_that_comes_after_its_rows(p: Platform, people: list[int]) -> None:
    values = {"listed_at": "2019-06-20 10:00", "fully_funded_at": "2019-06-10 10:00", "updated_at": "2019-06-30 10:00"}
    p.listing("100.00", loan_id=LATE_LISTING, borrower_id=people[1], **values)


def a_listing_published_on_another_day_after_it_was_funded(p: Platform, people: list[int]) -> None:
    p.change("loans", LATE_LISTING, "2019-06-30 11:00", listed_at="2019-06-21 10:00")


def a_listing_deleted_whose_rows_stay(p: Platform, people: list[int]) -> None:
    p.delete("loans", LATE_LISTING, "2019-06-30 12:00")


Change = Callable[[Platform, list[int]], None]
CHAINS: dict[str, list[Change]] = {
    "sessions": [a_stranger_of_months_ago_registers, a_session_known_late, a_visitor_who_is_another_user_too],
    "segments": [another_channel_of_rows_before_the_registration, another_province_of_rows_before_the_registration],
    "listings": [
        another_grade_of_a_listing_with_older_rows,
        a_listing_that_comes_after_its_rows,
        a_listing_published_on_another_day_after_it_was_funded,
        a_listing_deleted_whose_rows_stay,
    ],
    "conversions": [an_investment_and_a_loan_known_late, a_registration_deleted_and_one_moved, a_listing_deleted],
}


@pytest.mark.parametrize("name", CHAINS)
def test_what_is_known_late_of_people(name: str, built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    settings, p, people = built
    settings, p = homes.copied(settings, tmp_path / "home"), p.copy()
    for day, change in enumerate(CHAINS[name], start=1):
        change(p, people)
        ingest(homes.at(settings, LOADED + timedelta(days=day)), p.write(tmp_path / f"source{day}"))
        snapshot = run_build(settings)
        # It was no build of everything.
        assert homes.sole_of_build(snapshot, "select count(*) from ldg_touched_loans") < len(p.rows("loans"))
        touched = "select count(distinct (conversion_kind, user_id)) from fct_conversion_credits where channel <> 'none'"
        assert homes.sole(snapshot, touched) >= 12
        assert homes.difference(snapshot, homes.rebuilt(settings, tmp_path / f"again{day}")) == {}, change.__name__

"""Funnels of lenders and borrowers: how many people reach each step, in strict order, and how long they take.

Belongs here: steps, order, counts and times. Does not: who is a person and when they did what (`marketing_people`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.oracle.exact import Ratio, nearest_rank, ratio
from tests.oracle.marketing_people import TOLERANCE, Person, Steps, own_channel
from tests.oracle.source import Source

LENDER = ("visit", "registration", "mobile", "real_name", "bank_card", "deposit", "investment", "second_investment")
BORROWER = (
    "visit", "registration", "real_name", "application", "approval", "full_funding", "disbursement", "repayment", "second_disbursement",
)  # fmt: skip


@dataclass(frozen=True)
class Traveller:
    """A person in the funnel: attributes of the first session, days, and when each step was reached, up to the last one.

    `registered_by`: channel and campaign of the session that led to the registration.
    """

    person: Person
    channel: str
    campaign_id: int
    device: str | None
    province: str | None
    landing_page: str
    visited_on: date
    registered_on: date | None
    registered_by: tuple[str, int]
    reached: tuple[datetime, ...]


@dataclass(frozen=True)
class Step:
    """People who reached a step; conversion from the step before and from the top; seconds since the step before (nearest rank)."""

    name: str
    people: int
    from_before: Ratio | None
    from_top: Ratio
    median_seconds: Decimal | None
    ninetieth_seconds: Decimal | None
    dropped: int


def travellers(source: Source, persons: Iterable[Person], times: Mapping[int, Steps], steps: tuple[str, ...]) -> list[Traveller]:
    """All of `persons` with the steps that they reached."""
    found = []
    for person in persons:
        first = person.sessions[0]
        own = dict(times.get(person.user_id, {})) if person.user_id is not None else {}
        registered_at = own.get("registration")
        own["visit"] = first.at
        if registered_at is not None and registered_at < first.at <= registered_at + TOLERANCE:
            own["visit"] = registered_at  # the session of the registration, logged a moment late
        user = source.users.get(person.user_id) if person.user_id is not None else None
        found.append(
            Traveller(
                person=person,
                channel=first.visit.channel,
                campaign_id=first.visit.campaign_id,
                device=first.device,
                province=user["province_code"] if user else None,
                landing_page=first.visit.landing_page,
                visited_on=source.day(first.at),
                registered_on=source.day(registered_at) if registered_at is not None else None,
                registered_by=own_channel(person.sessions, registered_at),
                reached=in_order(own, steps),
            )
        )
    return found


def in_order(times: Steps, steps: tuple[str, ...]) -> tuple[datetime, ...]:
    """First times of the steps in order, until one is missing or is earlier than the step before it."""
    found: list[datetime] = []
    for step in steps:
        at = times.get(step)
        if at is None or (found and at < found[-1]):
            break
        found.append(at)
    return tuple(found)


def funnel(
    of: Iterable[Traveller], steps: tuple[str, ...], by: Callable[[Traveller], Hashable] = lambda _: "total"
) -> dict[tuple[Hashable, str], Step]:
    """(segment, step) → people, conversions, times. `by` gives a traveller's segment, for instance day × channel × device."""
    groups: dict[Hashable, list[Traveller]] = defaultdict(list)
    for traveller in of:
        groups[by(traveller)].append(traveller)
    found = {}
    for segment, members in groups.items():
        counts = [sum(len(m.reached) > at for m in members) for at in range(len(steps))]
        for at, name in enumerate(steps):
            took = [_seconds(m.reached[at] - m.reached[at - 1]) for m in members if at and len(m.reached) > at]
            found[segment, name] = Step(
                name=name,
                people=counts[at],
                from_before=ratio(counts[at], counts[at - 1], counts[at - 1]) if at else None,
                from_top=ratio(counts[at], counts[0], counts[0]),
                median_seconds=nearest_rank(took, 50),
                ninetieth_seconds=nearest_rank(took, 90),
                dropped=counts[at] - counts[at + 1] if at + 1 < len(steps) else 0,
            )
    return found


def _seconds(time: timedelta) -> Decimal:
    return Decimal(time // timedelta(microseconds=1)).scaleb(-6)

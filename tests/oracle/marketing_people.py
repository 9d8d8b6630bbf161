"""Who visited: sessions assigned to people, also for visitors that several share, and what each user did first.

Belongs here: sessions, people, the first time of each step. Does not: counting people (`marketing_funnels`), credit
(`marketing_attribution`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.oracle.marketing_channels import NO_CAMPAIGN, Visit, campaigns_by_code, visit_of
from tests.oracle.records import Row
from tests.oracle.source import Source

# A session logged up to so much later than a registration can still have led to it.
TOLERANCE = timedelta(seconds=60)
# For so long a session can have led to an event.
WINDOW = timedelta(days=30)
UNKNOWN = ("unknown", NO_CAMPAIGN)

Steps = Mapping[str, datetime]


@dataclass(frozen=True)
class Session:
    """A visit, and what its channel is."""

    session_id: int
    at: datetime
    device: str | None
    visit: Visit


@dataclass
class Person:
    """A user with a joined visitor (`user_id`), or a visitor who is joined to no user. At least one session, in order."""

    user_id: int | None
    visitor_id: str | None
    sessions: list[Session] = field(default_factory=list)


def people(source: Source, day: date, own_hosts: Iterable[str] = ()) -> list[Person]:
    """All who had a session by the end of `day`."""
    campaigns = campaigns_by_code(source.rows("campaigns"))
    own_hosts = tuple(own_hosts)
    found: dict[tuple[int | None, str | None], Person] = {}
    rows = source.by(day, "web_sessions", "started_at")
    owners = owners_of(rows)
    for row in sorted(rows, key=lambda row: (row["started_at"], row["session_id"])):
        user_id = owners[row["session_id"]]
        key = (user_id, None if user_id is not None else row["visitor_id"])
        visit = visit_of(row, campaigns, own_hosts)
        found.setdefault(key, Person(*key)).sessions.append(Session(row["session_id"], row["started_at"], row["device_kind"], visit))
    return list(found.values())


def owners_of(rows: Iterable[Row]) -> dict[int, int | None]:
    """Session → its user: the one it names, else the next one named for its visitor, else the last one before; None if there is none."""
    visitors: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["started_at"], row["session_id"])):
        visitors[row["visitor_id"]].append(row)
    found: dict[int, int | None] = {}
    for sessions in visitors.values():
        for at, row in enumerate(sessions):
            later = next((s["user_id"] for s in sessions[at:] if s["user_id"] is not None), None)
            earlier = next((s["user_id"] for s in reversed(sessions[:at]) if s["user_id"] is not None), None)
            found[row["session_id"]] = later if later is not None else earlier
    return found


def registration_session(sessions: Iterable[Session], registered_at: datetime) -> Session | None:
    """The last session that began before a registration, or up to 60 seconds after it."""
    return max((s for s in sessions if s.at <= registered_at + TOLERANCE), key=lambda s: (s.at, s.session_id), default=None)


def own_channel(sessions: Iterable[Session], registered_at: datetime | None) -> tuple[str, int]:
    """Channel and campaign of the session that led to a registration; `unknown` if none is in the thirty days before it."""
    led = registration_session(sessions, registered_at) if registered_at is not None else None
    if led is None or registered_at is None or led.at < registered_at - WINDOW:
        return UNKNOWN
    return led.visit.channel, led.visit.campaign_id


def own_channels(persons: Iterable[Person], times: Mapping[int, Steps]) -> dict[int, tuple[str, int]]:
    """User → channel and campaign of the session that led to the registration."""
    sessions = {person.user_id: person.sessions for person in persons if person.user_id is not None}
    return {who: own_channel(sessions.get(who, []), steps.get("registration")) for who, steps in times.items()}


def first_times(source: Source, day: date) -> dict[int, dict[str, datetime]]:
    """User → step → when the user did it first, by the end of `day`. Only for existing users.

    Applications, investments and loans are those of products that are not promotional.
    """
    happened: dict[tuple[int, str], list[datetime]] = defaultdict(list)

    def take(table: str, column: str, user: str, step: str, **values: str) -> None:
        for row in source.by(day, table, column):
            if all(row[name] == value for name, value in values.items()):
                happened[row[user], step].append(row[column])

    take("users", "registered_at", "user_id", "registration")
    for kind in ("mobile", "real_name", "bank_card"):
        take("user_verifications", "verified_at", "user_id", kind, verification_kind=kind, outcome="passed")
    take("fund_movements", "occurred_at", "user_id", "deposit", movement_kind="deposit")
    plain_listings = source.listings.keys() - source.promotional_listings
    for row in source.by(day, "loan_applications", "applied_at"):
        if row["product_id"] not in source.promotional_products:
            happened[row["borrower_id"], "application"].append(row["applied_at"])
            if row["decision"] == "approved" and row["decided_at"] is not None and source.day(row["decided_at"]) <= day:
                happened[row["borrower_id"], "approval"].append(row["decided_at"])
    for row in source.by(day, "investments", "invested_at"):
        if row["loan_id"] in plain_listings:
            happened[row["lender_id"], "investment"].append(row["invested_at"])
    for column, step in (("fully_funded_at", "full_funding"), ("disbursed_at", "disbursement")):
        for row in source.by(day, "loans", column):
            if row["loan_id"] in plain_listings:
                happened[row["borrower_id"], step].append(row[column])
    # What was reversed was not repaid.
    reversed_amounts: dict[int, Decimal] = defaultdict(Decimal)
    for row in source.by(day, "repayments", "paid_at"):
        if row["reverses_repayment_id"] is not None:
            reversed_amounts[row["reverses_repayment_id"]] += row["principal"] + row["interest"] + row["penalty"] + row["fee"]
    for row in source.by(day, "repayments", "paid_at"):
        paid = row["principal"] + row["interest"] + row["penalty"] + row["fee"] + reversed_amounts[row["repayment_id"]]
        if row["loan_id"] in plain_listings and row["payer_kind"] == "borrower" and paid > 0:
            happened[source.listings[row["loan_id"]]["borrower_id"], "repayment"].append(row["paid_at"])
    found: dict[int, dict[str, datetime]] = {who: {} for who in source.users}
    for (who, step), instants in happened.items():
        if who in found:
            ordered = sorted(instants)
            found[who][step] = ordered[0]
            if step in ("investment", "disbursement") and len(ordered) > 1:
                found[who][f"second_{step}"] = ordered[1]
    return found

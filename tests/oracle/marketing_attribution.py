"""Credit of conversions: which sessions came before each, and the credit of each by every model, as fractions that add up to 1.

Belongs here: conversions, touches, six models that look at one path. Does not: the removal effect over all paths (`marketing_markov`),
or whose session it is (`marketing_people`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.exact import power_of_half
from tests.oracle.marketing_markov import removal_effects
from tests.oracle.marketing_people import TOLERANCE, WINDOW, Person, Session, Steps
from tests.oracle.source import Source, month, month_end

DAYS_OF_A_LOST_PATH = 30
HALF_LIFE_HOURS = 168
LAST_TOUCHES = 20
REVENUE_DAYS = 90
# Kind of conversion → the step at whose instant it happens.
KINDS = {"registration": "registration", "first_investment": "investment", "first_loan": "disbursement", "revenue_90": "registration"}
NONE = ("none", 0)
Where = tuple[str, int]


@dataclass(frozen=True)
class Conversion:
    """What a user did, its value (1, or revenue in the platform's currency), and the sessions of the window before it."""

    kind: str
    user_id: int
    at: datetime
    on: date
    value: Fraction
    touches: tuple[Session, ...]


def conversions(source: Source, persons: Iterable[Person], times: Mapping[int, Steps], day: date) -> list[Conversion]:
    """Every conversion by the end of `day`, of every existing user; one without a session in its window has no touches.

    Revenue is a conversion of users who were charged a fee in its days.
    """
    sessions = {person.user_id: person.sessions for person in persons if person.user_id is not None}
    revenue = revenue_by_user(source, day)
    found = []
    for user_id, steps in times.items():
        for kind, step in KINDS.items():
            if step in steps:
                at, on = steps[step], source.day(steps[step])
                last = at + TOLERANCE if step == "registration" else at
                touches = tuple(s for s in sessions.get(user_id, []) if at - WINDOW <= s.at <= last)
                value = Fraction(1)
                if kind == "revenue_90":
                    fees = [amount for charged_on, amount in revenue.get(user_id, []) if 0 <= (charged_on - on).days <= REVENUE_DAYS]
                    if not fees:
                        continue
                    value = Fraction(sum(fees, Decimal(0)))
                found.append(Conversion(kind, user_id, at, on, value, touches))
    return found


def revenue_by_user(source: Source, day: date) -> dict[int, list[tuple[date, Decimal]]]:
    """User → (day, signed amount) of the fees charged by `day`."""
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for row in source.by(day, "fees", "charged_at"):
        found[row["user_id"]].append((source.day(row["charged_at"]), row["amount"]))
    return found


def first_touch(touches: Sequence[Session], at: datetime) -> list[Fraction]:
    """All to the first."""
    return [Fraction(int(n == 0)) for n in range(len(touches))]


def last_touch(touches: Sequence[Session], at: datetime) -> list[Fraction]:
    """All to the last."""
    return [Fraction(int(n == len(touches) - 1)) for n in range(len(touches))]


def last_non_direct(touches: Sequence[Session], at: datetime) -> list[Fraction]:
    """All to the last that is not direct; if all are direct, to the last."""
    chosen = max((n for n, touch in enumerate(touches) if touch.visit.channel != "direct"), default=len(touches) - 1)
    return [Fraction(int(n == chosen)) for n in range(len(touches))]


def linear(touches: Sequence[Session], at: datetime) -> list[Fraction]:
    """The same to each."""
    return [Fraction(1, len(touches)) for _ in touches]


def position_based(touches: Sequence[Session], at: datetime) -> list[Fraction]:
    """40 % to the first and the last, 20 % among those between; with two touches ½ each."""
    if len(touches) <= 2:
        return linear(touches, at)
    between = Fraction(20, 100) / (len(touches) - 2)
    return [Fraction(40, 100), *[between] * (len(touches) - 2), Fraction(40, 100)]


def time_decay(touches: Sequence[Session], at: datetime) -> list[Fraction]:
    """By 2 to the power of −hours ÷ 168; a session after the instant counts as if at the instant."""
    hours = [max(Fraction((at - touch.at) // timedelta(microseconds=1), 3_600_000_000), Fraction(0)) for touch in touches]
    weights = [power_of_half(hour / HALF_LIFE_HOURS) for hour in hours]
    return [weight / sum(weights, Fraction(0)) for weight in weights]


PATH_MODELS = {
    "first_touch": first_touch,
    "last_touch": last_touch,
    "last_non_direct": last_non_direct,
    "linear": linear,
    "position_based": position_based,
    "time_decay": time_decay,
}
MODELS = (*PATH_MODELS, "markov")
Credits = dict[tuple[str, str, int], dict[Where, Fraction]]


def credit(source: Source, persons: Sequence[Person], found: Sequence[Conversion]) -> Credits:
    """(kind of conversion, model, user) → (channel, campaign) → credit, a fraction of 1. Campaign 0: none known."""
    credits: Credits = {}
    effects = {
        (kind, first): removal_effects(*paths(source, persons, found, kind, first))
        for kind, first in sorted({(c.kind, month(c.on)) for c in found if c.touches})
    }
    for conversion in found:
        for model in MODELS:
            if not conversion.touches:
                credits[conversion.kind, model, conversion.user_id] = {NONE: Fraction(1)}
                continue
            if model == "markov":
                touches = conversion.touches[-LAST_TOUCHES:]
                parts = markov(touches, effects[conversion.kind, month(conversion.on)])
            else:
                touches = conversion.touches
                parts = PATH_MODELS[model](touches, conversion.at)
            given: dict[Where, Fraction] = defaultdict(Fraction)
            for touch, part in zip(touches, parts, strict=True):
                given[touch.visit.channel, touch.visit.campaign_id] += part
            credits[conversion.kind, model, conversion.user_id] = {where: part for where, part in given.items() if part}
    return credits


def markov(touches: Sequence[Session], effects: Mapping[str, Fraction]) -> list[Fraction]:
    """By removal effect over the distinct channels of the path; each touch of a channel has the same credit."""
    channels = [touch.visit.channel for touch in touches]
    whole = sum((effects[channel] for channel in set(channels)), Fraction(0))
    return [effects[channel] / whole / channels.count(channel) for channel in channels]


def paths(
    source: Source, persons: Iterable[Person], found: Iterable[Conversion], kind: str, first: date
) -> tuple[list[list[str]], list[list[str]]]:
    """The paths of a month, as channels: of its conversions, and of those who had not converted by its end.

    A lost path is the person's sessions of the last 30 business dates of the month.
    """
    end = month_end(first)
    since = end - timedelta(days=DAYS_OF_A_LOST_PATH - 1)
    of_kind = [conversion for conversion in found if conversion.kind == kind]
    of_month = [conversion.touches for conversion in of_kind if month(conversion.on) == first and conversion.touches]
    converted = [[touch.visit.channel for touch in touches[-LAST_TOUCHES:]] for touches in of_month]
    converted_by_then = {conversion.user_id for conversion in of_kind if conversion.on <= end}
    lost = []
    for person in persons:
        if person.user_id is None or person.user_id not in converted_by_then:
            path = [session.visit.channel for session in person.sessions if since <= source.day(session.at) <= end]
            if path:
                lost.append(path[-LAST_TOUCHES:])
    return converted, lost


def credited(found: Iterable[Conversion], credits: Credits) -> dict[tuple[str, str, date, Where], tuple[Fraction, Fraction]]:
    """(kind, model, month of conversion, (channel, campaign)) → (conversions, their value) credited there."""
    sums: dict[tuple[str, str, date, Where], tuple[Fraction, Fraction]] = {}
    for conversion in found:
        for model in MODELS:
            for where, part in credits[conversion.kind, model, conversion.user_id].items():
                key = conversion.kind, model, month(conversion.on), where
                number, value = sums.get(key, (Fraction(0), Fraction(0)))
                sums[key] = number + part, value + part * conversion.value
    return sums


def disagreement(sums: Mapping[tuple[str, str, date, Where], tuple[Fraction, Fraction]]) -> dict[tuple[str, date, Where], Fraction]:
    """(kind, month, (channel, campaign)) → conversions by the model that gives it most, minus those by the one that gives it least."""
    given: dict[tuple[str, date, Where], dict[str, Fraction]] = defaultdict(dict)
    for (kind, model, first, where), (number, _) in sums.items():
        given[kind, first, where][model] = number
    return {key: max(of.values()) - min(of.get(model, Fraction(0)) for model in MODELS) for key, of in given.items()}

"""What the people of a channel and month cost and bring, before and after the losses of their loans.

Belongs here: CAC, revenue, LTV, payback, ROI of a registration month × channel (× campaign). Does not: costs (`marketing_costs`), credit
(`marketing_attribution`), what one user brought (`marketing_values`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.exact import Ratio, ratio, total
from tests.oracle.marketing_attribution import NONE, Conversion, Credits
from tests.oracle.marketing_costs import Cost, Costs
from tests.oracle.marketing_people import UNKNOWN, Steps
from tests.oracle.marketing_values import BOOK_MONTHS, Probabilities, User, users
from tests.oracle.risk_histories import History
from tests.oracle.source import Source, month, month_end, months_later

LTV_DAYS = (30, 90, 180, 365)
ROI_DAYS = 365
# What a person became → the step that makes them so.
BECAME = {"registered": "registration", "verified": "real_name", "lenders": "investment", "borrowers": "disbursement"}
AMOUNTS = ("revenue", "disbursed", "lent", "withdrawn", *(f"book_{k}{late}" for k in BOOK_MONTHS for late in ("", "_over_30", "_over_90")))
Members = Sequence[tuple[User, Fraction]]


@dataclass(frozen=True)
class Window:
    """Days 0..n after each registration: revenue, realised loss, and realised loss plus expected later loss."""

    revenue: Fraction
    realised: Fraction
    expected: Fraction | None


@dataclass(frozen=True)
class Economics:
    """One registration month × channel. People are sums of credit; amounts are in the platform's currency; LTV is an amount a person.

    `amounts`: to date, by the kinds of `AMOUNTS`. `windows`: by days, left out while someone of the month has not had so many. `ltv`:
    (days, "before", "realised" or "expected") → revenue minus nothing, realised or expected loss ÷ people registered. `payback`: months
    after the registration month, 0 in it. `borne_by`: the realised loss by who bears it. Expected loss is None where a probability is
    not known.
    """

    cost: Cost
    people: dict[str, Fraction]
    cac: dict[str, Ratio]
    cac_by_redemption: dict[str, Ratio]
    cost_after_loss: Ratio
    amounts: dict[str, Fraction]
    windows: dict[int, Window]
    ltv: dict[tuple[int, str], Ratio | None]
    payback: int | None
    roi: Ratio | None
    roi_after_loss: Ratio | None
    held: Fraction
    realised_loss: Fraction
    expected_loss: Fraction | None
    borne_by: dict[str, Fraction]

    def book_share(self, months: int, more_than: int) -> Ratio:
        """The share of the amount lent to these people, and on book so long, that was ever more than so many days past due."""
        name = f"book_{months}"
        return ratio(self.amounts[f"{name}_over_{more_than}"], self.amounts[name], self.people["borrowers"])


class Ground:
    """All inputs of the economics of every channel, read once. `probabilities` are those known on a day."""

    def __init__(
        self, source: Source, times: Mapping[int, Steps], loans: Iterable[History], probabilities: Probabilities, day: date
    ) -> None:
        self.day, self.times, self.probabilities = day, times, probabilities
        self.users = users(source, times, loans, day)
        self.last_registered: dict[date, date] = {}
        for user in self.users.values():
            first = month(user.registered_on)
            self.last_registered[first] = max(self.last_registered.get(first, first), user.registered_on)

    def have_all_had(self, first: date, days: int) -> bool:
        """Whether all who registered in the month have had so many days."""
        return first in self.last_registered and self.last_registered[first] + timedelta(days=days) <= self.day


def economics(
    ground: Ground,
    found: Iterable[Conversion],
    credits: Credits,
    costs: Costs,
    model: str = "last_non_direct",
    by: Sequence[str] = ("channel",),
) -> dict[tuple[Hashable, ...], Economics]:
    """(registration month, and of channel and campaign what `by` names) → economics; also with only a cost or only people.

    Rewards of a user without a touch are a cost of the group without a touch, as the user is.
    """

    def key(first: date, channel: str, campaign_id: int) -> tuple[Hashable, ...]:
        where = {"channel": NONE[0] if channel == UNKNOWN[0] else channel, "campaign": campaign_id}
        return (first, *(where[name] for name in by))

    credited: dict[tuple[Hashable, ...], list[tuple[int, Fraction]]] = defaultdict(list)
    for conversion in found:
        if conversion.kind == "registration":
            for where, part in credits["registration", model, conversion.user_id].items():
                credited[key(month(conversion.on), *where)].append((conversion.user_id, part))
    spent: dict[tuple[Hashable, ...], Cost] = defaultdict(Cost)
    for at, cost in costs.of.items():
        spent[key(*at)] += cost
    return {cell: _economics(ground, cell[0], credited.get(cell, []), spent.get(cell, Cost())) for cell in credited.keys() | spent.keys()}


def _economics(ground: Ground, first: Hashable, credited: Sequence[tuple[int, Fraction]], cost: Cost) -> Economics:
    assert isinstance(first, date)
    members = [(ground.users[who], part) for who, part in credited]
    people = {name: total(part for who, part in credited if step in ground.times[who]) for name, step in BECAME.items()}
    registered = people["registered"]
    windows = {days: _window(ground, members, days) for days in LTV_DAYS if ground.have_all_had(first, days)}
    year = windows.get(ROI_DAYS)
    amounts = {kind: total(part * user.amount(kind, ground.day) for user, part in members) for kind in AMOUNTS}
    realised = total(part * user.realised(ground.day) for user, part in members)
    return Economics(
        cost=cost,
        people=people,
        cac={name: ratio(cost.by_grant, number, number) for name, number in people.items()},
        cac_by_redemption={name: ratio(cost.by_redemption, number, number) for name, number in people.items()},
        cost_after_loss=ratio(cost.by_grant + realised, people["borrowers"], people["borrowers"]),
        amounts=amounts,
        windows=windows,
        ltv=_ltv(windows, registered),
        payback=_payback(ground, first, members, cost),
        roi=None if year is None else ratio(year.revenue - cost.by_grant, cost.by_grant, registered),
        roi_after_loss=None if year is None else ratio(year.revenue - year.realised - cost.by_grant, cost.by_grant, registered),
        held=total(part * user.held for user, part in members),
        realised_loss=realised,
        expected_loss=_with_further(ground, [(user, part, ground.day) for user, part in members], realised),
        borne_by=_borne_by(ground.day, members),
    )


def _window(ground: Ground, members: Members, days: int) -> Window:
    ends = [(user, part, user.registered_on + timedelta(days=days)) for user, part in members]
    realised = total(part * user.realised(end, user.registered_on) for user, part, end in ends)
    return Window(
        revenue=total(part * user.amount("revenue", end, user.registered_on) for user, part, end in ends),
        realised=realised,
        expected=_with_further(ground, ends, realised),
    )


def _with_further(ground: Ground, ends: Iterable[tuple[User, Fraction, date]], realised: Fraction) -> Fraction | None:
    further = [(part, user.further(end, ground.probabilities)) for user, part, end in ends]
    if any(amount is None for _, amount in further):
        return None
    return realised + total(part * amount for part, amount in further if amount is not None)


def _ltv(windows: Mapping[int, Window], registered: Fraction) -> dict[tuple[int, str], Ratio | None]:
    found: dict[tuple[int, str], Ratio | None] = {}
    for days, window in windows.items():
        for name, loss in (("before", Fraction(0)), ("realised", window.realised), ("expected", window.expected)):
            found[days, name] = None if loss is None else ratio(window.revenue - loss, registered, registered)
    return found


def _borne_by(day: date, members: Members) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for user, part in members:
        for who, amount in user.borne_by(day).items():
            found[who] += part * Fraction(amount)
    return dict(found)


def _payback(ground: Ground, first: date, members: Members, cost: Cost) -> int | None:
    """The first complete month at whose end all revenue, minus all realised loss, has reached the cost."""
    later = 0
    while (end := month_end(months_later(first, later))) <= ground.day:
        if total(part * (user.amount("revenue", end) - user.realised(end)) for user, part in members) >= cost.by_grant:
            return later
        later += 1
    return None

"""What the people of a channel and month cost and bring, before and after the losses of their loans.

Belongs here: CAC, revenue, LTV, payback, ROI of a registration month × channel (× campaign). Does not: costs (`marketing_costs`), credit
(`marketing_attribution`), the loss of one loan (`risk_histories`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.exact import Ratio, ratio, total
from tests.oracle.ledger import shares_on
from tests.oracle.marketing_attribution import Conversion, Credits, revenue_by_user
from tests.oracle.marketing_costs import Cost, Costs
from tests.oracle.marketing_people import Steps
from tests.oracle.risk_histories import History
from tests.oracle.risk_rolls import loss_expected_of
from tests.oracle.source import Source, month, month_end, months_later

LTV_DAYS = (30, 90, 180, 365)
ROI_DAYS = 365
# What a person became → the step that makes it so.
BECAME = {"registered": "registration", "verified": "real_name", "lenders": "investment", "borrowers": "disbursement"}


@dataclass(frozen=True)
class Economics:
    """One registration month × channel. People are sums of credit; amounts are in the platform's currency; LTV is an amount a person.

    `ltv`: (days, "before", "realised" or "expected") → revenue less nothing, realised or expected loss ÷ people registered; left out while
    somebody of the month has not had so many days. `payback`: months after the registration month, 0 in it.
    `borne_by`: the realised loss by who bears it.
    """

    cost: Cost
    people: dict[str, Fraction]
    cac: dict[str, Ratio]
    cac_by_redemption: dict[str, Ratio]
    revenue: Fraction
    ltv: dict[tuple[int, str], Ratio]
    payback: int | None
    roi: Ratio | None
    lent: Fraction
    retained: Fraction
    realised_loss: Fraction
    expected_loss: Fraction
    borne_by: dict[str, Fraction]


@dataclass
class _User:
    registered_on: date
    fees: list[tuple[date, Decimal]]
    loans: list[History]

    def revenue(self, day: date) -> Decimal:
        return sum((amount for on, amount in self.fees if self.registered_on <= on <= day), Decimal(0))

    def realised(self, day: date) -> Decimal:
        return sum((loan.realised_loss(day) for loan in self.loans), Decimal(0))

    def expected(self, day: date, probabilities: Mapping[str, Fraction]) -> Fraction:
        return sum((loss_expected_of(loan, day, probabilities) or Fraction(0) for loan in self.loans), Fraction(0))


class Ground:
    """All that the economics of every channel rest on, read once."""

    def __init__(
        self, source: Source, times: Mapping[int, Steps], loans: Iterable[History], probabilities: Mapping[str, Fraction], day: date
    ) -> None:
        self.day, self.times, self.probabilities = day, times, probabilities
        loans = list(loans)
        fees, own = revenue_by_user(source, day), defaultdict(list)
        for loan in loans:
            own[loan.loan.borrower_id].append(loan)
        self.users = {
            who: _User(source.day(steps["registration"]), fees.get(who, []), own[who])
            for who, steps in times.items()
            if "registration" in steps
        }
        self.held = held_by_lender(loans, day)


def held_by_lender(loans: Iterable[History], day: date) -> dict[int, Fraction]:
    """Lender → principal that the lender holds on `day`, exactly."""
    held: dict[int, Fraction] = defaultdict(Fraction)
    for history in loans:
        if (outstanding := history.outstanding(day)) > 0:
            for lender, share in shares_on(history.loan, day).items():
                held[lender] += share * Fraction(outstanding)
    return held


def economics(
    ground: Ground, found: Iterable[Conversion], credits: Credits, costs: Costs, model: str = "last_non_direct", by_campaign: bool = False
) -> dict[tuple[Hashable, ...], Economics]:
    """(registration month, channel) or (month, channel, campaign) → economics; also where only a cost or only people are."""
    credited: dict[tuple[Hashable, ...], list[tuple[int, Fraction]]] = defaultdict(list)
    for conversion in found:
        if conversion.kind == "registration":
            for (channel, campaign_id), part in credits["registration", model, conversion.user_id].items():
                where = (channel, campaign_id) if by_campaign else (channel,)
                credited[(month(conversion.on), *where)].append((conversion.user_id, part))
    spent: dict[tuple[Hashable, ...], Cost] = defaultdict(Cost)
    for (first, channel, campaign_id), cost in costs.of.items():
        spent[(first, channel, campaign_id) if by_campaign else (first, channel)] += cost
    return {key: _economics(ground, key[0], credited.get(key, []), spent.get(key, Cost())) for key in credited.keys() | spent.keys()}


def _economics(ground: Ground, first: Hashable, members: Sequence[tuple[int, Fraction]], cost: Cost) -> Economics:
    assert isinstance(first, date)
    users = [(ground.users[who], part) for who, part in members]
    people = {name: total(part for who, part in members if step in ground.times[who]) for name, step in BECAME.items()}
    registered = people["registered"]

    def of_days(days: int, less: str) -> Fraction:
        return total(part * _worth(ground, user, user.registered_on + timedelta(days=days), less) for user, part in users)

    ltv = {
        (days, less): ratio(of_days(days, less), registered, registered)
        for days in LTV_DAYS
        for less in ("before", "realised", "expected")
        if _is_over(ground, first, days)
    }
    is_year_over = _is_over(ground, first, ROI_DAYS)
    return Economics(
        cost=cost,
        people=people,
        cac={name: ratio(cost.by_grant, number, number) for name, number in people.items()},
        cac_by_redemption={name: ratio(cost.by_redemption, number, number) for name, number in people.items()},
        revenue=total(part * Fraction(user.revenue(ground.day)) for user, part in users),
        ltv=ltv,
        payback=_payback(ground, first, users, cost),
        roi=ratio(of_days(ROI_DAYS, "before") - cost.by_grant, cost.by_grant, registered) if is_year_over else None,
        lent=total(part * Fraction(sum((h.loan.amount for h in user.loans), Decimal(0))) for user, part in users),
        retained=total(part * ground.held.get(who, Fraction(0)) for who, part in members),
        realised_loss=total(part * Fraction(user.realised(ground.day)) for user, part in users),
        expected_loss=total(part * user.expected(ground.day, ground.probabilities) for user, part in users),
        borne_by=_borne_by(ground.day, users),
    )


def _borne_by(day: date, users: Sequence[tuple[_User, Fraction]]) -> dict[str, Fraction]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for user, part in users:
        for loan in user.loans:
            for who, amount in loan.borne_by(day).items():
                found[who] += part * Fraction(amount)
    return dict(found)


def _worth(ground: Ground, user: _User, day: date, less: str) -> Fraction:
    loss = {"before": Fraction(0), "realised": Fraction(user.realised(day)), "expected": user.expected(day, ground.probabilities)}[less]
    return Fraction(user.revenue(day)) - loss


def _is_over(ground: Ground, first: date, days: int) -> bool:
    """Whether everybody who registered in the month has had so many days."""
    return month_end(first) + timedelta(days=days) <= ground.day


def _payback(ground: Ground, first: date, users: Sequence[tuple[_User, Fraction]], cost: Cost) -> int | None:
    later = 0
    while (end := month_end(months_later(first, later))) <= ground.day:
        if total(part * _worth(ground, user, end, "realised") for user, part in users) >= cost.by_grant:
            return later
        later += 1
    return None

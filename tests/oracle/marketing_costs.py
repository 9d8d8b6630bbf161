"""What it cost to acquire people, by month, channel and campaign: marketing costs and rewards, with what fits no name.

Belongs here: names of channels as people type them, the rule by which rewards have a channel. Does not: who was acquired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle import marketing_hosts as hosts
from tests.oracle.marketing_attribution import NONE, Credits, Where
from tests.oracle.marketing_channels import NO_CAMPAIGN, plain
from tests.oracle.records import Row
from tests.oracle.source import Source, month

# A reward that its campaign does not place goes by its kind. A prize is won, not given to acquire anyone.
BY_REWARD_KIND = {"cash": "referral_programme", "points": "points", "voucher": "own"}
BY_CAMPAIGN_KIND = hosts.CAMPAIGN_CHANNELS | {"referral_bonus": "referral_programme"}
CHANNEL_NAMES = {
    **{plain(channel): channel for channel in hosts.CHANNELS},
    **{name: channel for channel, names in hosts.PAID.items() for name in names},
    **hosts.MESSAGES,
    **dict.fromkeys(hosts.SOCIAL_MEDIA, "social"),
    **dict.fromkeys(hosts.ORGANIC_MEDIA, "organic_search"),
    **dict.fromkeys(hosts.DIRECTORY_MEDIA, "directory"),
}


@dataclass(frozen=True)
class Cost:
    """Costs in the platform's currency: marketing, rewards when they were granted, and rewards when they were redeemed."""

    marketing: Fraction = Fraction(0)
    granted: Fraction = Fraction(0)
    redeemed: Fraction = Fraction(0)

    @property
    def by_grant(self) -> Fraction:
        """Cost of acquisition by grant."""
        return self.marketing + self.granted

    @property
    def by_redemption(self) -> Fraction:
        """The same, rewards counted when they are redeemed: what expires never is."""
        return self.marketing + self.redeemed

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.marketing + other.marketing, self.granted + other.granted, self.redeemed + other.redeemed)


@dataclass(frozen=True)
class Costs:
    """`of`: (month, channel, campaign or 0) → cost. `findings`: (reason, name) → amount whose name fits nothing.

    `other_rewards`: granted for something else than to acquire anybody.
    """

    of: dict[tuple[date, str, int], Cost]
    findings: dict[tuple[str, str], Decimal]
    other_rewards: Decimal


def costs(source: Source, credits: Credits, day: date, model: str = "last_non_direct") -> Costs:
    """Every cost by `day`. A reward for the user's own channel goes where the user's registration is credited."""
    campaigns: dict[int, Row] = {row["campaign_id"]: row for row in source.rows("campaigns")}
    found: dict[tuple[date, str, int], Cost] = defaultdict(Cost)
    findings: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in source.by(day, "marketing_costs", "cost_on"):
        campaign_id = row["campaign_id"] if row["campaign_id"] in campaigns else NO_CAMPAIGN
        if row["campaign_id"] not in campaigns and row["campaign_id"] != NO_CAMPAIGN:
            findings["campaign", str(row["campaign_id"])] += row["amount"]
        channel = CHANNEL_NAMES.get(plain(row["channel"]))
        if channel is None:
            kind = campaigns[campaign_id]["campaign_kind"] if campaign_id else ""
            channel = BY_CAMPAIGN_KIND.get(kind, "unassigned")
            findings["channel", row["channel"]] += row["amount"]
        found[month(row["cost_on"]), channel, campaign_id] += Cost(marketing=Fraction(row["amount"]))
    other = Decimal(0)
    for row in source.by(day, "rewards", "granted_at"):
        where = reward_channels(row, campaigns, credits, model)
        if not where:
            other += row["amount"]
        for (channel, campaign_id), part in where.items():
            amount = Fraction(row["amount"]) * part
            found[month(source.day(row["granted_at"])), channel, campaign_id] += Cost(granted=amount)
            if row["redeemed_at"] is not None and (redeemed_on := source.day(row["redeemed_at"])) <= day:
                found[month(redeemed_on), channel, campaign_id] += Cost(redeemed=amount)
    return Costs(dict(found), dict(findings), other)


def reward_channels(row: Row, campaigns: Mapping[int, Row], credits: Credits, model: str) -> dict[Where, Fraction]:
    """(channel, campaign) → part of a reward that was granted to acquire somebody; empty for one that was not."""
    campaign = campaigns.get(row["campaign_id"])
    campaign_id = campaign["campaign_id"] if campaign else NO_CAMPAIGN
    channel = BY_CAMPAIGN_KIND.get(campaign["campaign_kind"]) if campaign else None
    channel = channel or BY_REWARD_KIND.get(row["reward_kind"])
    if channel is None:
        return {}
    if channel != "own":
        return {(channel, campaign_id): Fraction(1)}
    found: dict[Where, Fraction] = defaultdict(Fraction)
    for (own, _), part in credits.get(("registration", model, row["user_id"]), {NONE: Fraction(1)}).items():
        found[own, campaign_id] += part
    return dict(found)

"""What it cost to acquire people, by month, channel and campaign: marketing costs and rewards, also those without a matching name; and what
marketing costs were spent on, by branch and by keyword.

Belongs here: names of channels as people type them, the rule that gives rewards a channel. Does not: who was acquired.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle import marketing_hosts as hosts
from tests.oracle.marketing_attribution import Where
from tests.oracle.marketing_channels import NO_CAMPAIGN, plain
from tests.oracle.marketing_people import UNKNOWN
from tests.oracle.records import Row
from tests.oracle.source import Source, month

# A cost for an unknown campaign.
UNASSIGNED_CAMPAIGN = -1
BY_CAMPAIGN_KIND = hosts.CAMPAIGN_CHANNELS | {"referral_bonus": "referral_programme"}
# A reward without a campaign's channel goes by its kind. Rewards of our other campaigns go to the user's own channel.
BY_REWARD_KIND = {"cash": "referral_programme", "points": "points", "voucher": "own", "prize": "own"}
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
    """Costs in the platform's currency: marketing, rewards when granted, the same minus what expired unredeemed, commissions."""

    marketing: Fraction = Fraction(0)
    granted: Fraction = Fraction(0)
    redeemed: Fraction = Fraction(0)
    commissions: Fraction = Fraction(0)

    @property
    def by_grant(self) -> Fraction:
        """Cost of acquisition by grant."""
        return self.marketing + self.granted + self.commissions

    @property
    def by_redemption(self) -> Fraction:
        """The same by redemption: what expires unredeemed is taken back."""
        return self.marketing + self.redeemed + self.commissions

    def __add__(self, other: Cost) -> Cost:
        return Cost(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


@dataclass(frozen=True)
class Costs:
    """`of`: (month, channel, campaign or 0) → cost. `findings`: (reason, name) → amount whose name matches nothing."""

    of: dict[tuple[date, str, int], Cost]
    findings: dict[tuple[str, str], Decimal]


def costs(source: Source, own: Mapping[int, Where], day: date) -> Costs:
    """Every cost by `day`. `own`: user → channel and campaign that led to the registration, to which rewards of the user go."""
    campaigns: dict[int, Row] = {row["campaign_id"]: row for row in source.rows("campaigns")}
    found: dict[tuple[date, str, int], Cost] = defaultdict(Cost)
    findings: dict[tuple[str, str], Decimal] = defaultdict(Decimal)

    def where(row: Row, channel: str | None) -> tuple[str, int]:
        campaign_id = _campaign(row, campaigns)
        if campaign_id == UNASSIGNED_CAMPAIGN:
            findings["campaign", str(row["campaign_id"])] += row["amount"]
        if channel is None and row["channel"] is not None and campaign_id in campaigns:
            channel = hosts.CAMPAIGN_CHANNELS.get(campaigns[campaign_id]["campaign_kind"])
        if channel is None:
            findings["channel", row["channel"] or "none"] += row["amount"]
        return channel or "unassigned", campaign_id

    for row in source.by(day, "marketing_costs", "cost_on"):
        at = where(row, CHANNEL_NAMES.get(plain(row["channel"])))
        found[month(row["cost_on"]), *at] += Cost(marketing=Fraction(row["amount"]))
    for row in source.by(day, "commissions", "earned_at"):
        named = row["channel"] is not None
        at = where(row, CHANNEL_NAMES.get(plain(row["channel"])) if named else own.get(row["user_id"], (None, 0))[0])
        found[month(source.day(row["earned_at"])), *at] += Cost(commissions=Fraction(row["amount"]))
    for row in source.by(day, "rewards", "granted_at"):
        at = reward_channel(row, campaigns, own), _campaign(row, campaigns)
        amount = Fraction(row["amount"])
        found[month(source.day(row["granted_at"])), *at] += Cost(granted=amount, redeemed=amount)
        expires_at = row.get("expires_at")
        if row["redeemed_at"] is None and expires_at is not None and source.day(expires_at) <= day:
            expired_at = max(row["granted_at"], expires_at)
            found[month(source.day(expired_at)), *at] += Cost(redeemed=-amount)
    return Costs(dict(found), dict(findings))


@dataclass
class Detail:
    """A part of marketing costs; times shown and clicked are None where no row says them."""

    amount: Fraction = Fraction(0)
    shown: int | None = None
    clicked: int | None = None


def cost_details(
    source: Source, of: Mapping[tuple[date, str, int], Cost], day: date
) -> dict[tuple[date, str, str | None, str, int], Detail]:
    """(month, branch or keyword, which one, channel, campaign) → part by `day`; which one is None for what no detail says, where that is
    not nothing. `of`: all costs."""
    campaigns: dict[int, Row] = {row["campaign_id"]: row for row in source.rows("campaigns")}
    found: dict[tuple[date, str, str | None, str, int], Detail] = defaultdict(Detail)
    for (first, channel, campaign_id), cost in of.items():
        for kind in ("branch", "keyword"):
            found[first, kind, None, channel, campaign_id].amount += cost.marketing
    for row in source.by(day, "marketing_cost_details", "cost_on"):
        campaign_id = _campaign(row, campaigns)
        channel = CHANNEL_NAMES.get(plain(row["channel"]))
        if channel is None and campaign_id in campaigns:
            channel = hosts.CAMPAIGN_CHANNELS.get(campaigns[campaign_id]["campaign_kind"])
        at = channel or "unassigned", campaign_id
        first, kind, which = month(row["cost_on"]), row["detail_kind"], row["detail"].strip() or None
        found[first, kind, None, *at].amount -= Fraction(row["amount"])
        part = found[first, kind, which, *at]
        part.amount += Fraction(row["amount"])
        if row["impressions"] is not None:
            part.shown = (part.shown or 0) + row["impressions"]
        if row["clicks"] is not None:
            part.clicked = (part.clicked or 0) + row["clicks"]
    return {key: part for key, part in found.items() if key[2] is not None or part.amount}


def _campaign(row: Row, campaigns: Mapping[int, Row]) -> int:
    given = row["campaign_id"] or NO_CAMPAIGN
    return given if given == NO_CAMPAIGN or given in campaigns else UNASSIGNED_CAMPAIGN


def reward_channel(row: Row, campaigns: Mapping[int, Row], own: Mapping[int, Where]) -> str:
    """The channel of a reward."""
    campaign = campaigns.get(row["campaign_id"])
    channel = BY_CAMPAIGN_KIND.get(campaign["campaign_kind"], "own") if campaign else BY_REWARD_KIND[row["reward_kind"]]
    return own.get(row["user_id"], UNKNOWN)[0] if channel == "own" else channel

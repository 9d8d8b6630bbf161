"""The platform's campaigns: one after another, each kind in turn, the same for every horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from simulator.frame import Frame
from simulator.plan import Plan, local_seconds

# Kind, name, the channel in which its money is booked, and the registrants that it adds in per cent of a plain day's.
KINDS = (
    ("registration_bonus", "注册有礼", "alliance", 60),
    ("referral_bonus", "邀请好友", "referral_programme", 70),
    ("trial_listing", "体验金", "paid_search", 35),
    ("paid_search", "搜索推广", "paid_search", 30),
    ("special_plan", "专享计划", "social", 20),
    ("alliance_ad", "网盟推广", "alliance", 35),
    ("investment_prize", "投资抽奖", "email", 15),
    ("email", "邮件召回", "email", 10),
    ("points", "积分兑换", "points", 25),
    ("portal_news", "门户专题", "portal_news", 15),
    ("sms", "短信召回", "sms", 10),
    ("vehicle_priority", "车贷专场", "display", 12),
    ("soft_article", "软文投放", "soft_article", 15),
    ("directory", "导航推广", "directory", 15),
    ("video", "视频投放", "video", 15),
    ("event", "线下沙龙", "direct", 10),
)
FIRST_DAY = 9
EVERY_DAYS = 18


@dataclass(frozen=True)
class Campaign:
    """One campaign; `boost` is what it adds to a day's registrations, in per cent."""

    campaign_id: int
    code: str
    name: str
    campaign_kind: str
    channel: str
    starts_on: date
    ends_on: date
    budget_cents: int
    boost: int


def all_campaigns(plan: Plan, until: date) -> list[Campaign]:
    """Campaigns that start by `until`, oldest first."""
    found: list[Campaign] = []
    starts_on = plan.start + timedelta(days=FIRST_DAY)
    while starts_on <= until:
        number = len(found)
        kind, name, channel, boost = KINDS[number % len(KINDS)]
        length = 9 + (number * 5 + plan.seed) % 8
        found.append(
            Campaign(
                campaign_id=number + 1,
                code=f"{kind.replace('_', '')}-{starts_on:%y%m}-{number + 1}",
                name=f"{name}第{number // len(KINDS) + 1}期",
                campaign_kind=kind,
                channel=channel,
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=length - 1),
                budget_cents=(5_000 + plan.loans) * boost * 100,
                boost=boost,
            )
        )
        starts_on += timedelta(days=EVERY_DAYS)
    return found


def campaign_on(campaigns: list[Campaign], day: date) -> Campaign | None:
    """The campaign that runs on `day`; two never overlap."""
    return next((c for c in campaigns if c.starts_on <= day <= c.ends_on), None)


def campaign_table(campaigns: list[Campaign]) -> Frame:
    """The campaigns as a table for the statements."""
    types = {
        "campaign_id": "BIGINT",
        "code": "VARCHAR",
        "name": "VARCHAR",
        "campaign_kind": "VARCHAR",
        "channel": "VARCHAR",
        "starts_s": "BIGINT",
        "ends_s": "BIGINT",
        "budget": "BIGINT",
    }
    rows = [
        {
            "campaign_id": campaign.campaign_id,
            "code": campaign.code,
            "name": campaign.name,
            "campaign_kind": campaign.campaign_kind,
            "channel": campaign.channel,
            "starts_s": local_seconds(campaign.starts_on),
            "ends_s": local_seconds(campaign.ends_on),
            "budget": campaign.budget_cents,
        }
        for campaign in campaigns
    ]
    return Frame(types, rows)

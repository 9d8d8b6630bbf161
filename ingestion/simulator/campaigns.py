"""The platform's campaigns: one after another, every kind in turn, the same for every horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from ingestion.simulator.plan import Plan, local_seconds

KINDS = (
    "registration_bonus referral_bonus trial_listing paid_search special_plan alliance_ad investment_prize email points "
    "portal_news sms vehicle_priority soft_article directory video event"
).split()
NAMES = (
    "注册有礼 邀请好友 体验金 搜索推广 专享计划 网盟推广 投资抽奖 邮件召回 积分兑换 门户专题 短信召回 车贷专场 软文投放 导航推广 视频投放 线下沙龙"
).split()
# The channel in which the money of such a campaign is booked.
CHANNELS = (
    "alliance referral_programme paid_search paid_search social alliance email email points portal_news sms display "
    "soft_article directory video direct"
).split()
# Registrants that a campaign adds, in per cent of a plain day's.
BOOSTS = (60, 70, 35, 30, 20, 35, 15, 10, 25, 15, 10, 12, 15, 15, 15, 10)
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
        kind = number % len(KINDS)
        length = 9 + (number * 5 + plan.seed) % 8
        found.append(
            Campaign(
                campaign_id=number + 1,
                code=f"{KINDS[kind].replace('_', '')}-{starts_on:%y%m}-{number + 1}",
                name=f"{NAMES[kind]}第{number // len(KINDS) + 1}期",
                campaign_kind=KINDS[kind],
                channel=CHANNELS[kind],
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=length - 1),
                budget_cents=(5_000 + plan.loans) * 10 * BOOSTS[kind] // 10 * 100,
                boost=BOOSTS[kind],
            )
        )
        starts_on += timedelta(days=EVERY_DAYS)
    return found


def campaign_on(campaigns: list[Campaign], day: date) -> Campaign | None:
    """The campaign that runs on `day`; two never overlap."""
    return next((c for c in campaigns if c.starts_on <= day <= c.ends_on), None)


def campaign_table(campaigns: list[Campaign]) -> pa.Table:
    """The campaigns as a table for the statements."""
    return pa.table(
        {
            "campaign_id": pa.array([c.campaign_id for c in campaigns], pa.int64()),
            "code": pa.array([c.code for c in campaigns], pa.string()),
            "name": pa.array([c.name for c in campaigns], pa.string()),
            "campaign_kind": pa.array([c.campaign_kind for c in campaigns], pa.string()),
            "channel": pa.array([c.channel for c in campaigns], pa.string()),
            "starts_s": pa.array([local_seconds(c.starts_on) for c in campaigns], pa.int64()),
            "ends_s": pa.array([local_seconds(c.ends_on) for c in campaigns], pa.int64()),
            "budget": pa.array([c.budget_cents for c in campaigns], pa.int64()),
        }
    )

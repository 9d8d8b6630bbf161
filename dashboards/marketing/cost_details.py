"""营销 in one part of its page: on which keywords and branches marketing costs of a month were spent, as far as the platform reports it.

Belongs here: what is shown, and where. Does not: any calculation; each table is one query of one relation.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboards.components.presenting import number, section
from dashboards.components.reading import rows
from dashboards.components.tables import Cell, table
from dashboards.components.wording import CAMPAIGNS, CHANNELS, Words, worded
from glassbook.snapshots import Snapshot

# Kind of detail: the heading of its table, and of the column that names it.
KINDS = {
    "keyword": (Words("按关键词的营销费用", "Marketing cost by keyword"), Words("关键词", "keyword")),
    "branch": (Words("按门店的营销费用", "Marketing cost by branch"), Words("门店", "branch")),
}
NOT_SUPPLIED = "not_supplied"
# At most this many keywords or branches are shown, the most expensive first; all costs without a detail are shown, they are few.
MOST_LISTED = 50


def cost_details(snapshot: Snapshot, month: date, channel: str) -> None:
    """One table per kind of detail: costs of the channel, or of all, and the costs without that detail."""
    for kind, (heading, named) in KINDS.items():
        section(*heading)
        supplied = "select 1 from fct_cost_details_monthly where detail_kind = ? and detail <> ? limit 1"
        if not rows(snapshot, supplied, kind, NOT_SUPPLIED):
            st.caption("未提供。 Not supplied.")
            continue
        _of_kind(snapshot, month, channel, kind, named)


def _of_kind(snapshot: Snapshot, month: date, channel: str, kind: str, named: Words) -> None:
    lines = rows(
        snapshot,
        "select split.detail, split.branch_name, split.channel, split.campaign_code, coalesce(campaign.campaign_name, ''), "
        "split.cost_amount, split.impressions_count, split.clicks_count from fct_cost_details_monthly as split "
        "left join dim_campaigns as campaign on campaign.campaign_code = split.campaign_code "
        "where split.month_on = ? and split.detail_kind = ? and (? = 'all' or split.channel = ?) "
        "order by split.cost_amount desc, split.detail, split.channel, split.campaign_code", month, kind, channel, channel,
    )  # fmt: skip
    told = [line for line in lines if line[0] != NOT_SUPPLIED]
    remainders = [line for line in lines if line[0] == NOT_SUPPLIED]
    table(
        [named, ("渠道", "channel"), ("活动", "campaign"), ("营销费用（¤）", "marketing cost, ¤"), ("展示（次）", "times shown"),
         ("点击（次）", "clicks")],
        [
            (_detail(detail, branch), worded(via, CHANNELS), (name, code) if name else worded(code, CAMPAIGNS), number(amount, 2),
             number(shown), number(clicks))
            for detail, branch, via, code, name, amount, shown, clicks in [*told[:MOST_LISTED], *remainders]
        ],
        names=3,
        empty=("当月没有营销费用。", "No marketing cost in the month."),
    )  # fmt: skip
    if (more := len(told) - MOST_LISTED) > 0:
        st.caption(f"只列最大的 {MOST_LISTED} 行，另有 {more} 行。 The largest {MOST_LISTED} rows are listed; there are {more} more.")


def _detail(detail: str, branch: str | None) -> Cell:
    if detail == NOT_SUPPLIED:
        return Words("未提供", "not supplied")
    return (branch, detail) if branch else detail

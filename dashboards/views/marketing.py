"""营销: what channels and campaigns brought and cost, by month and by day. Every figure is a row of a mart.

Funnels and attribution are in `_people`, cost and value after loss in `_economics`.
"""

from __future__ import annotations

from decimal import Decimal

import altair as alt
import streamlit as st

from dashboards.presenting import cards, foot, head, section, table
from dashboards.reading import rows
from dashboards.views._economics import cohorts, economics
from dashboards.views._people import attribution, funnels
from glassbook.snapshots import Snapshot
from reports.cells import grouped
from reports.charts import COLOURS, FONT

CHANNELS = {
    "all": "全部", "referral_programme": "邀请", "email": "邮件", "sms": "短信", "push": "推送", "paid_search": "付费搜索",
    "display": "展示广告",
    "alliance": "网盟", "points": "积分", "video": "视频", "soft_article": "软文", "portal_news": "门户新闻",
    "organic_search": "自然搜索", "social": "社交", "directory": "导航站", "ai_assistant": "智能助手", "referral": "外部链接",
    "unassigned": "未归类", "direct": "直接访问", "unknown": "未知",
    "none": "无触点",
}  # fmt: skip
COLUMNS = (
    ("访问", "sessions"), ("注册", "registrations"), ("首投人数", "first lenders"), ("首投金额（元）", "amount"),
    ("获客成本（元）", "cost"),
)  # fmt: skip
PARTS = (
    ("其中营销费用", "marketing"), ("奖励（按发放）", "rewards granted"), ("佣金", "commissions"), ("成本（按兑换）", "cost by redemption"),
)  # fmt: skip
# Of what no rule knows, so many lines are shown at most.
MOST_LISTED = 50
COSTS = (("注册成本（元）", "per registration"), ("首投成本（元）", "per first lender"))


def show() -> None:
    """The whole page."""
    snapshot = head("营销", "Marketing")
    if snapshot is None:
        return
    months = [month for (month,) in rows(snapshot, "internal", "select distinct month_on from rpt_marketing_channels order by 1 desc")]
    if not months:
        st.info("未提供营销数据。 No marketing data was supplied.")
        foot(snapshot)
        return
    # The last whole month first: the one under way has little to tell.
    left, right, _ = st.columns([1, 1, 2])
    month = left.selectbox("月份 month", months, index=min(1, len(months) - 1), format_func=lambda found: f"{found:%Y-%m}")
    known = [
        c
        for (c,) in rows(
            snapshot,
            "internal",
            "select distinct channel from rpt_marketing_channels where month_on = ? order by channel <> 'all', channel",
            month,
        )
    ]
    channel = right.selectbox("渠道 channel", known, format_func=_named)
    counts = "sessions_count, registrations_count, first_investments_count, first_investment_amount, cost_amount"
    parts = "marketing_cost_amount, reward_cost_amount, commission_cost_amount, cost_by_redemption_amount"
    costs = "cost_per_registration_amount, cost_per_first_investment_amount"
    total = rows(
        snapshot,
        "internal",
        f"select {counts} from rpt_marketing_channels where month_on = ? and channel = ? and campaign_code = 'all'",
        month,
        channel,
    )
    for values in total:
        cards((zh, en, _plain(value), "", "") for (zh, en), value in zip(COLUMNS, values, strict=True))
    _daily(snapshot, month, channel)
    section("渠道", "Channels")
    lines = rows(
        snapshot, "internal",
        f"select channel, {counts}, {parts}, {costs} from rpt_marketing_channels where month_on = ? and campaign_code = 'all' "
        "order by channel = 'all', registrations_count desc, channel", month,
    )  # fmt: skip
    table([("渠道", "channel"), *COLUMNS, *PARTS, *COSTS], [(_named(line[0]), *map(_plain, line[1:])) for line in lines])
    section("活动", "Campaigns")
    lines = rows(
        snapshot, "internal",
        f"select kept.campaign_code, coalesce(campaign.campaign_name, ''), kept.channel, {counts} "
        "from rpt_marketing_channels as kept "
        "left join dim_campaigns as campaign on campaign.campaign_code = kept.campaign_code "
        "where kept.month_on = ? and kept.campaign_code not in ('all', 'none') and (? = 'all' or kept.channel = ?) order by all",
        month, channel, channel,
    )  # fmt: skip
    table(
        [("活动", "campaign"), ("渠道", "channel"), *COLUMNS],
        [(f"{name} {code}", _named(via), *map(_plain, values)) for code, name, via, *values in lines],
    )
    _unassigned(snapshot, month)
    funnels(snapshot, month, channel)
    attribution(snapshot, month, channel)
    economics(snapshot, month, channel)
    cohorts(snapshot)
    st.caption("人数少于下限的组只显示人数，不显示比率与成本。 Groups below the minimum show their count, no rate and no cost per head.")
    foot(snapshot)


def _named(channel: str) -> str:
    return f"{CHANNELS.get(channel, '')} {channel}".strip()


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else grouped(value if isinstance(value, Decimal) else None, 2)


def _daily(snapshot: Snapshot, month: object, channel: str) -> None:
    series = rows(
        snapshot, "internal",
        "select day_on, sum(registrations_count)::bigint, sum(first_investments_count)::bigint, sum(cost_amount) from fct_channel_daily "
        "where date_trunc('month', day_on) = ? and (? = 'all' or channel = ?) group by day_on order by day_on", month, channel, channel,
    )  # fmt: skip
    columns = st.columns(3)
    for place, (zh, en) in enumerate((("注册", "registrations"), ("首投人数", "first lenders"), ("获客成本（元）", "cost, CNY"))):
        # A pixel has no cents: only the drawing is a float.
        values = [{"day": f"{row[0]:%d}", "value": float(row[1 + place])} for row in series]
        chart = (
            alt.Chart(alt.InlineData(values=values))
            .mark_bar(color=COLOURS[min(place, 1)])
            .encode(
                x=alt.X("day:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
                y=alt.Y(
                    "value:Q",
                    title=None,
                    scale=alt.Scale(domainMin=0),
                    axis=alt.Axis(tickCount=4, tickMinStep=1, format=",d", minExtent=44, domain=False, ticks=False, gridColor="#e3e7eb"),
                ),
                tooltip=[alt.Tooltip("day:O", title="日 day"), alt.Tooltip("value:Q", title=f"{zh} {en}")],
            )
            .properties(height=170, background="transparent")
            .configure(font=FONT)
            .configure_view(stroke=None)
        )
        with columns[place], st.container(border=True, key=f"gb-{place}"):
            section(zh, en)
            st.altair_chart(chart, width="stretch", theme=None)


def _unassigned(snapshot: Snapshot, month: object) -> None:
    """What no rule knows, so that somebody can write one or correct a link or a booking."""
    section("未归类的标签与费用", "Tags and costs that no rule knows")
    tags = rows(
        snapshot, "internal",
        "select utm_source, utm_medium, utm_campaign, sessions_count from rpt_marketing_unassigned "
        "where month_on = ? and unassigned_kind = 'session' order by 4 desc, 1, 2, 3", month,
    )  # fmt: skip
    table(
        [("来源标签", "utm_source"), ("媒介标签", "utm_medium"), ("活动标签", "utm_campaign"), ("访问", "sessions")],
        [(*told, _plain(count)) for *told, count in tags[:MOST_LISTED]],
    )
    costs = rows(
        snapshot, "internal",
        "select booked_as, unassigned_kind, cost_amount from rpt_marketing_unassigned "
        "where month_on = ? and unassigned_kind <> 'session' order by 3 desc, 1, 2", month,
    )  # fmt: skip
    table(
        [("记作", "booked as"), ("类别", "kind"), ("金额（元）", "amount")],
        [(name, kind, _plain(amount)) for name, kind, amount in costs[:MOST_LISTED]],
    )
    if (more := max(len(tags), len(costs)) - MOST_LISTED) > 0:
        st.caption(f"每表只列最大的 {MOST_LISTED} 行，另有 {more} 行。 The largest {MOST_LISTED} rows are listed; there are {more} more.")

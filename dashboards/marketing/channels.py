"""营销 in one part of its page: what channels and campaigns brought and cost, by month and by day, and what no rule knows.

Belongs here: what is shown, and where. Does not: any calculation; each block is one query of one relation.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import altair as alt
import streamlit as st

from dashboards.components.presenting import cards, number, section
from dashboards.components.reading import Rows, rows
from dashboards.components.supply import lacks, say_not_supplied
from dashboards.components.tables import table
from dashboards.components.wording import CAMPAIGNS, CHANNELS, COSTS, Words, worded
from dashboards.marketing.cost_details import cost_details
from glassbook.snapshots import Snapshot
from reports.present.chart_marks import COLOURS
from reports.present.charts import FONT, GREY, GRID

# Column, its name, and the unit of its cards and charts.
MEASURES = (
    ("sessions_count", "访问", "sessions", Words("次")), ("registrations_count", "注册", "registrations", Words("人")),
    ("first_investments_count", "首投人数", "first lenders", Words("人")),
    ("first_investment_amount", "首投金额", "first investments", Words("¤", "¤")),
    ("cost_amount", "获客成本", "cost of acquisition", Words("¤", "¤")),
)  # fmt: skip
BY_DAY = tuple(measure for measure in MEASURES if measure[0] != "first_investment_amount")
_COLUMNS = ", ".join(column for column, *_ in MEASURES)
_BROUGHT = [
    ("访问（次）", "sessions"), ("注册（人）", "registrations"), ("首投（人）", "first lenders"),
    ("首投金额（¤）", "first investments, ¤"),
]  # fmt: skip
# The table of the contract without which nothing is known of a measure.
_NEEDS = {"sessions_count": "web_sessions", "cost_amount": "marketing_costs"}
_COSTS = ("marketing_costs", "rewards", "commissions")
# At most this many lines are shown of tags and costs that no rule knows.
MOST_LISTED = 50


def channels(snapshot: Snapshot, month: date, channel: str) -> None:
    """Cards and days of the channel, a table of all channels, campaigns of the channel, details of costs, and what no rule knows."""
    for values in rows(
        snapshot, f"select {_COLUMNS} from rpt_marketing_channels where month_on = ? and channel = ? and campaign_code = 'all'",
        month, channel,
    ):  # fmt: skip
        cards((*_named(zh, en, unit), _plain(value), ()) for (_, zh, en, unit), value in zip(MEASURES, values, strict=True))
    _by_day(snapshot, month, channel)
    section("渠道", "Channels")
    lines = rows(
        snapshot,
        f"select channel, {_COLUMNS}, cost_by_redemption_amount, marketing_cost_amount, reward_cost_amount, commission_cost_amount, "
        "cost_per_registration_amount, cost_per_first_investment_amount "
        "from rpt_marketing_channels where month_on = ? and campaign_code = 'all' "
        "order by channel = 'all', registrations_count desc, channel", month,
    )  # fmt: skip
    table(
        [("渠道", "channel"), *_BROUGHT, ("按发放", "rewards as granted"), ("按兑换", "as redeemed"), ("营销费用", "marketing"),
         ("奖励", "rewards granted"), ("佣金", "commissions"), ("每注册", "a registration"), ("每首投人", "a first lender")],
        [(worded(line[0], CHANNELS), *map(_plain, line[1:])) for line in lines],
        is_summed=True,
        parts=[("带来", "brought", 4), ("获客成本（¤）", "cost of acquisition, ¤", 2), ("其中（¤）", "of it, ¤", 3),
               ("单位成本（¤）", "cost of, ¤", 2)],
    )  # fmt: skip
    _campaigns(snapshot, month, channel)
    cost_details(snapshot, month, channel)
    _unassigned(snapshot, month)


def _campaigns(snapshot: Snapshot, month: date, channel: str) -> None:
    section("活动", "Campaigns")
    if lacks(snapshot, "web_sessions", *_COSTS):
        return say_not_supplied()
    lines = rows(
        snapshot,
        f"select kept.campaign_code, coalesce(campaign.campaign_name, ''), kept.channel, {_COLUMNS} from rpt_marketing_channels as kept "
        "left join dim_campaigns as campaign on campaign.campaign_code = kept.campaign_code "
        "where kept.month_on = ? and kept.campaign_code not in ('all', 'none') and (? = 'all' or kept.channel = ?) "
        "order by registrations_count desc, cost_amount desc, kept.campaign_code, kept.channel", month, channel, channel,
    )  # fmt: skip
    table(
        [("活动", "campaign"), ("渠道", "channel"), *_BROUGHT, ("获客成本（¤）", "cost, ¤")],
        [
            ((name, code) if name else worded(code, CAMPAIGNS), worded(via, CHANNELS), *map(_plain, values))
            for code, name, via, *values in lines
        ],
        names=2,
        empty=("当月没有活动。", "No campaign in the month."),
    )


def _named(zh: str, en: str, unit: Words) -> Words:
    return Words(f"{zh}（{unit.zh}）", f"{en}, {unit.en}" if unit.en else en)


def _plain(value: object) -> str:
    return number(value) if isinstance(value, int) else number(value, 2)  # type: ignore[arg-type]


def _by_day(snapshot: Snapshot, month: date, channel: str) -> None:
    series = rows(
        snapshot,
        f"select day_on, {', '.join(column for column, *_ in BY_DAY)} from rpt_marketing_channel_days "
        "where date_trunc('month', day_on) = ? and channel = ? order by day_on", month, channel,
    )  # fmt: skip
    for pair in ((0, 1), (2, 3)):
        for place, column in zip(pair, st.columns(2), strict=True):
            measure, zh, en, unit = BY_DAY[place]
            with column, st.container(border=True, key=f"gb-{place}"):
                section(*_named(f"每日{zh}", f"{en} by day", unit))
                if measure in _NEEDS and lacks(snapshot, _NEEDS[measure]):
                    say_not_supplied()
                    continue
                if not any(row[1 + place] for row in series):
                    st.caption("当月没有。 None in the month.")
                    continue
                st.altair_chart(_chart(series, place, month, f"{zh} {en}"), width="stretch", theme=None)


def _chart(series: Rows, place: int, month: date, name: str) -> alt.Chart:
    days = [f"{day:02}" for day in range(1, monthrange(month.year, month.month)[1] + 1)]
    # Only the drawing uses floats: pixels need no exact cents.
    values = [{"day": f"{row[0]:%d}", "value": float(row[1 + place])} for row in series]
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(color=COLOURS[0])
        .encode(
            x=alt.X(
                "day:O",
                title=None,
                scale=alt.Scale(domain=days),
                axis=alt.Axis(labelAngle=0, values=[days[0], *days[4::5]], ticks=False, labelPadding=6, labelColor=GREY),
            ),
            y=alt.Y(
                "value:Q",
                title=None,
                axis=alt.Axis(
                    tickCount=4, tickMinStep=1, format=",d", minExtent=44, domain=False, ticks=False, gridColor=GRID, labelColor=GREY
                ),
            ),
            tooltip=[alt.Tooltip("day:O", title="日 day"), alt.Tooltip("value:Q", title=name, format=",.2~f")],
        )
        .properties(height=150, background="transparent", padding={"left": 4, "right": 8, "top": 8, "bottom": 4})
        .configure(font=FONT)
        .configure_view(stroke=None)
    )
    return chart


def _unassigned(snapshot: Snapshot, month: date) -> None:
    """Tags and costs that no rule knows, so that the user can write a rule or correct a link or a booking."""
    section("未归类的标签与费用", "Tags and costs that no rule knows")
    if lacks(snapshot, "web_sessions", *_COSTS):
        return say_not_supplied()
    counts = []
    if not lacks(snapshot, "web_sessions"):
        counts.append(_unassigned_tags(snapshot, month))
    if not lacks(snapshot, *_COSTS):
        counts.append(_unassigned_costs(snapshot, month))
    if (more := max(counts) - MOST_LISTED) > 0:
        st.caption(f"每表只列最大的 {MOST_LISTED} 行，另有 {more} 行。 The largest {MOST_LISTED} rows are listed; there are {more} more.")


def _unassigned_tags(snapshot: Snapshot, month: date) -> int:
    tags = rows(
        snapshot,
        "select utm_source, utm_medium, utm_campaign, sessions_count from rpt_marketing_unassigned "
        "where month_on = ? and unassigned_kind = 'session' order by 4 desc, 1, 2, 3", month,
    )  # fmt: skip
    table(
        [("来源标签", "source tag"), ("媒介标签", "medium tag"), ("活动标签", "campaign tag"), ("访问（次）", "sessions")],
        [(*(tag or "—" for tag in told), _plain(count)) for *told, count in tags[:MOST_LISTED]],
        names=3,
        empty=("当月没有规则不认识的标签。", "No tag of the month is unknown to the rules."),
    )
    return len(tags)


def _unassigned_costs(snapshot: Snapshot, month: date) -> int:
    costs = rows(
        snapshot,
        "select booked_as, unassigned_kind, cost_amount from rpt_marketing_unassigned "
        "where month_on = ? and unassigned_kind <> 'session' order by 3 desc, 1, 2", month,
    )  # fmt: skip
    table(
        [("记作", "booked as"), ("类别", "kind"), ("金额（¤）", "amount, ¤")],
        [(name, worded(kind, COSTS), _plain(amount)) for name, kind, amount in costs[:MOST_LISTED]],
        names=2,
        empty=("当月没有规则不认识的费用。", "No cost of the month is unknown to the rules."),
    )
    return len(costs)

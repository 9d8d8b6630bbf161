"""营销 in two parts of its page: how far people get, and which channels conversions are credited to. Every figure is a row of a mart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import streamlit as st

from dashboards.components.presenting import number, section
from dashboards.components.reading import rows
from dashboards.components.segment_names import names_of
from dashboards.components.supply import NOT_SUPPLIED, lacking, say_not_supplied
from dashboards.components.tables import table
from dashboards.components.wording import CHANNELS, Words, segment, segment_kind, worded
from glassbook.snapshots import Snapshot
from glassbook.sql_text import sql_of

CONVERSIONS = {
    "registration": Words("注册", "registration"), "first_investment": Words("首投", "first investment"),
    "first_loan": Words("首贷", "first loan"), "revenue_90": Words("九十日净收入", "net revenue of 90 days"),
}  # fmt: skip
FUNNELS = {"lender": Words("出借人漏斗", "Lender funnel"), "borrower": Words("借款人漏斗", "Borrower funnel")}
COHORTS = {"visit": Words("按首次访问", "by first visit"), "registration": Words("按注册", "by registration")}
SEGMENTS = ("device", "channel", "campaign", "province", "landing_page")
# The largest segments are shown.
MOST_SEGMENTS = 15
_STEPS = (
    "rpt_marketing_funnel as step inner join ctl_metrics as metric on metric.column_name = step.step_code || '_count' "
    "and metric.metric_set = 'marketing' and metric.section = 'D' where step.cohort_kind = ? and step.month_on = ? "
    "and step.funnel_kind = ? and step.segment_kind = ?"
)


def funnels(snapshot: Snapshot, month: date, channel: str) -> None:
    """People per step of both funnels, of a month and a channel, and where each segment drops out."""
    missing = lacking(snapshot)
    if "MK-D02" in missing:
        return say_not_supplied()
    cohort = st.selectbox("当月人群 people of the month", list(COHORTS), format_func=lambda kind: str(COHORTS[kind]), width=320)
    for kind, (zh, en) in FUNNELS.items():
        section(zh, en)
        lines = rows(
            snapshot,
            "select metric.code, metric.name_zh, metric.name_en, people_count, 100 * of_previous_share, 100 * of_first_share, "
            f"dropped_count, median_seconds, ninetieth_seconds from {_STEPS} and step.segment_id = ? order by step.step_no",
            cohort, month, kind, *(("all", "all") if channel == "all" else ("channel", channel)),
        )  # fmt: skip
        table(
            [("步骤", "step"), ("人数", "people"), ("较上一步 %", "of the step before, %"), ("较第一步 %", "of the first step, %"),
             ("流失人数", "dropped"), ("用时中位数", "median time"), ("用时九十分位", "90th percentile of time")],
            [
                (Words(name_zh, name_en), NOT_SUPPLIED, *["—"] * 5) if code in missing else
                (Words(name_zh, name_en), number(people), number(previous, 1), number(first, 1), number(dropped), _lasting(median),
                 _lasting(ninetieth))
                for code, name_zh, name_en, people, previous, first, dropped, median, ninetieth in lines
            ],
            empty=("当月没有这样的人。", "No such people in the month."),
        )  # fmt: skip
    _by_segment(snapshot, month, cohort)


def _by_segment(snapshot: Snapshot, month: date, cohort: str) -> None:
    section("分组漏斗", "Funnel by segment")
    left, right, _ = st.columns([1, 1, 2])
    kind = left.selectbox("分组 segment", SEGMENTS, format_func=lambda found: str(segment_kind(found)), key="gb-funnel-kind")
    whose = right.selectbox("漏斗 funnel", list(FUNNELS), format_func=lambda found: str(FUNNELS[found]))
    found = rows(
        snapshot,
        "select segment_id, step_no, metric.name_zh, metric.name_en, people_count, 100 * of_previous_share, dropped_count, "
        f"dense_rank() over (order by first_count desc, segment_id) from {_STEPS} order by 8, step_no", cohort, month, whose, kind,
    )  # fmt: skip
    own = names_of(snapshot, kind) | (_campaigns(snapshot) if kind == "campaign" else {})
    steps = {step: Words(zh, en) for _, step, zh, en, *_ in found}
    lines: dict[str, list[str | tuple[str, str]]] = {}
    for name, _, _, _, people, share, dropped, place in found:
        if place <= MOST_SEGMENTS:
            beneath = "" if dropped is None else f"{number(share, 1)}{'' if share is None else ' %'} ↓{number(dropped)}"
            lines.setdefault(name, []).append((number(people), beneath))
    table(
        [segment_kind(kind), *(steps[step] for step in sorted(steps))],
        [(segment(kind, name, own), *cells) for name, cells in lines.items()],
        empty=("当月没有这样的人。", "No such people in the month."),
    )
    st.caption(
        "全部渠道。每格：到达该步的人数；较上一步 %，↓流失人数。 "
        "All channels. In each cell: people who came to the step; % of the step before, ↓ people dropped."
    )
    if found and (more := found[-1][-1] - MOST_SEGMENTS) > 0:
        st.caption(f"只列最大的 {MOST_SEGMENTS} 组，另有 {more} 组。 The {MOST_SEGMENTS} largest are listed; there are {more} more.")


def _campaigns(snapshot: Snapshot) -> dict[str, Words]:
    return {code: Words(name, code) for code, name in rows(snapshot, "select campaign_code, campaign_name from dim_campaigns")}


def attribution(snapshot: Snapshot, month: date, channel: str) -> None:
    """Conversions of a month as seven models credit them, and how much the models disagree."""
    if "MK-E01" in lacking(snapshot):
        return say_not_supplied()
    kind = st.selectbox("转化 conversion", list(CONVERSIONS), format_func=lambda found: str(CONVERSIONS[found]), width=320)
    section("归因", "Attribution")
    lines = rows(
        snapshot,
        sql_of("dashboards.marketing", "attribution"),
        month,
        kind,
        channel,
    )
    # A registration has no value in money.
    has_money = any(amount is not None for _, _, _, amount, _ in lines)
    said = worded(channel, CHANNELS)
    credited = _conversions(share for _, _, share, _, _ in lines)
    table(
        [("模型", "model"), ("转化", "conversions"), *([("金额（¤）", "amount, ¤")] if has_money else []),
         ("移位 %", "moved against last non-direct, %")],
        [
            (Words(zh, en), count, *([number(amount, 2)] if has_money else []), number(moved, 1))
            for (zh, en, _, amount, moved), count in zip(lines, credited, strict=True)
        ],
        parts=[(f"归于：{said.zh}", f"credited to: {said.en}", 1 + has_money), ("全部渠道", "all channels", 1)],
        empty=("当月没有这样的转化。", "No such conversion in the month."),
    )  # fmt: skip
    section("各渠道", "By channel")
    models = ("first_touch", "last_touch", "last_non_direct", "linear", "position", "decay", "markov")
    credits = ", ".join(f"max(case when model_kind = '{model}' then credited_share end)" for model in models)
    lines = rows(
        snapshot,
        f"select credited.channel, {credits}, any_value(spread_share), 100 * any_value(removed.removal_share) "
        "from rpt_marketing_attribution as credited left join (select distinct channel, removal_share from fct_conversion_credits "
        "where month_on = ? and conversion_kind = ? and removal_share is not null) as removed on removed.channel = credited.channel "
        "where credited.month_on = ? and credited.conversion_kind = ? and credited.channel <> 'all' and credited.campaign_code = 'all' "
        "group by credited.channel order by max(case when model_kind = 'last_non_direct' then credited_share end) desc, credited.channel",
        month, kind, month, kind,
    )  # fmt: skip
    table(
        [("渠道", "channel"), ("首次触点", "first touch"), ("末次触点", "last touch"), ("末次非直接", "last non-direct"),
         ("平均", "linear"), ("首尾加权", "position-based"), ("时间衰减", "time decay"), ("马尔可夫", "Markov"),
         ("最高减最低", "most less least"), ("移除效应 %", "removal effect, %")],
        [(worded(name, CHANNELS), *_conversions(shares, 1), number(removal, 1)) for name, *shares, removal in lines],
        parts=[("各模型归于该渠道的转化", "conversions credited by each model", 7), ("分歧", "spread", 1), ("", "", 1)],
        empty=("当月没有这样的转化。", "No such conversion in the month."),
    )  # fmt: skip


def _conversions(shares: Iterable[int | None], decimals: int | None = None) -> list[str]:
    """Sums of shares in units of 10^-24, as conversions; without `decimals` as whole numbers where all are whole."""
    found = [None if share is None else Decimal(share).scaleb(-24) for share in shares]
    if decimals is None:
        decimals = 0 if all(value is None or value == value.to_integral_value() for value in found) else 1
    return [number(value, decimals) for value in found]


def _lasting(seconds: Decimal | None) -> str:
    """A length of time in its largest fitting unit."""
    if seconds is None:
        return "—"
    for unit, length in (("天 d", 86_400), ("小时 h", 3_600), ("分 min", 60)):
        if seconds >= length:
            return f"{number(seconds / length, 1)} {unit}"
    return f"{number(seconds)} 秒 s"

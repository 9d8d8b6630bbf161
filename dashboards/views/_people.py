"""营销 in two parts of its page: how far people come, and to whom conversions are credited. Every figure is a row of a mart."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboards.presenting import section, table
from dashboards.reading import rows
from glassbook.snapshots import Snapshot
from reports.cells import grouped

CONVERSIONS = {
    "registration": "注册 registration", "first_investment": "首投 first investment", "first_loan": "首贷 first loan",
    "revenue_90": "九十日净收入 net revenue of 90 days",
}  # fmt: skip
FUNNELS = (("lender", "出借人漏斗", "Lender funnel"), ("borrower", "借款人漏斗", "Borrower funnel"))
COHORTS = {"visit": "按首次访问 by first visit", "registration": "按注册 by registration"}
_NAME = "metric.name_zh || ' ' || metric.name_en"


def funnels(snapshot: Snapshot, month: object, channel: str) -> None:
    """People per step of both funnels, of a month and a channel, and where each kind of device is lost."""
    cohort = st.selectbox("人群 people", COHORTS, format_func=COHORTS.__getitem__)
    segment = ("all", "all") if channel == "all" else ("channel", channel)
    columns = "people_count, 100 * of_previous_share, 100 * of_first_share, dropped_count, median_seconds, ninetieth_seconds"
    for kind, zh, en in FUNNELS:
        section(zh, en)
        lines = rows(
            snapshot, "internal",
            f"select {_NAME}, {columns} from rpt_marketing_funnel as step "
            "inner join ctl_metrics as metric on metric.column_name = step.step_code || '_count' "
            "and metric.metric_set = 'marketing' and metric.section = 'D' where step.cohort_kind = ? and step.month_on = ? "
            "and step.funnel_kind = ? and step.segment_kind = ? and step.segment_id = ? order by step.step_no",
            cohort, month, kind, *segment,
        )  # fmt: skip
        table(
            [("步骤", "step"), ("人数", "people"), ("较上一步 %", "of previous"), ("较第一步 %", "of first"), ("流失", "dropped"),
             ("用时中位数", "median time"), ("用时九十分位", "90th percentile")],
            [
                (name, f"{people:,}", grouped(previous, 1), grouped(first, 1), "—" if dropped is None else f"{dropped:,}",
                 _lasting(median), _lasting(ninetieth))
                for name, people, previous, first, dropped, median, ninetieth in lines
            ],
        )  # fmt: skip
    section("各设备出借人漏斗", "Lender funnel by device")
    lines = rows(
        snapshot, "internal",
        f"select step.segment_id, {_NAME}, step.people_count, 100 * step.of_previous_share, step.dropped_count "
        "from rpt_marketing_funnel as step inner join ctl_metrics as metric on metric.column_name = step.step_code || '_count' "
        "and metric.metric_set = 'marketing' and metric.section = 'D' where step.cohort_kind = ? and step.month_on = ? "
        "and step.funnel_kind = 'lender' and step.segment_kind = 'device' and step.step_no > 1 order by step.segment_id, step.step_no",
        cohort, month,
    )  # fmt: skip
    table(
        [("设备", "device"), ("步骤", "step"), ("人数", "people"), ("较上一步 %", "of previous"), ("流失", "dropped")],
        [(device, name, f"{people:,}", grouped(share, 1), f"{dropped:,}") for device, name, people, share, dropped in lines],
    )


def attribution(snapshot: Snapshot, month: object, channel: str) -> None:
    """Conversions of a month as seven models credit them, and how much the models disagree."""
    section("归因", "Attribution")
    kind = st.selectbox("转化 conversion", CONVERSIONS, format_func=CONVERSIONS.__getitem__)
    lines = rows(
        snapshot, "internal",
        f"select {_NAME}, credited.credited_share, credited.credited_amount, 100 * whole.moved_share "
        "from rpt_marketing_attribution as credited "
        "inner join rpt_marketing_attribution as whole on whole.month_on = credited.month_on and whole.model_kind = credited.model_kind "
        "and whole.conversion_kind = credited.conversion_kind and whole.channel = 'all' "
        "inner join ctl_metrics as metric on metric.column_name = credited.model_kind || '_share' "
        "and metric.metric_set = 'marketing' and metric.section = 'E' "
        "where credited.month_on = ? and credited.conversion_kind = ? and credited.channel = ? and credited.campaign_code = 'all' "
        "order by metric.code",
        month, kind, channel,
    )  # fmt: skip
    table(
        [("模型", "model"), ("转化", "conversions"), ("金额（元）", "amount"), ("全部渠道移位 %", "moved, of all channels")],
        [(name, _conversions(share), grouped(amount, 2), grouped(moved, 1)) for name, share, amount, moved in lines],
    )
    section("各渠道", "By channel")
    models = ("first_touch", "last_touch", "last_non_direct", "linear", "position", "decay", "markov")
    credits = ", ".join(f"max(case when model_kind = '{model}' then credited_share end)" for model in models)
    lines = rows(
        snapshot, "internal",
        f"select credited.channel, {credits}, max(spread_share), 100 * any_value(removed.removal_share) "
        "from rpt_marketing_attribution as credited left join (select channel, max(removal_share) as removal_share "
        "from fct_conversion_credits where month_on = ? and conversion_kind = ? group by channel) as removed "
        "on removed.channel = credited.channel "
        "where credited.month_on = ? and credited.conversion_kind = ? and credited.channel <> 'all' and credited.campaign_code = 'all' "
        "group by credited.channel order by max(case when model_kind = 'last_non_direct' then credited_share end) desc, credited.channel",
        month, kind, month, kind,
    )  # fmt: skip
    table(
        [("渠道", "channel"), ("首次", "first"), ("末次", "last"), ("末次非直接", "last non-direct"), ("平均", "linear"),
         ("首尾", "position"), ("衰减", "decay"), ("马尔可夫", "Markov"), ("分歧", "spread"), ("移除效应 %", "removal effect")],
        [(name, *map(_conversions, shares), grouped(removal, 1)) for name, *shares, removal in lines],
    )  # fmt: skip


def _conversions(share: int | None) -> str:
    """A sum of shares in units of 10^-24, as conversions."""
    return grouped(None if share is None else Decimal(share).scaleb(-24), 2)


def _lasting(seconds: Decimal | None) -> str:
    """A length of time in its largest fitting unit."""
    if seconds is None:
        return "—"
    for unit, length in (("天 d", 86_400), ("小时 h", 3_600), ("分 min", 60)):
        if seconds >= length:
            return f"{grouped(seconds / length, 1)} {unit}"
    return f"{grouped(seconds, 0)} 秒 s"

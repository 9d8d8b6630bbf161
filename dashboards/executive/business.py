"""经营 in two parts of its page: every figure of the month in total, and the outlook, cash and plan.

Belongs here: what is shown, and where. Does not: any calculation; each block is one query of one relation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboards.components.presenting import noted, number, section, shown, signed
from dashboards.components.reading import Rows, rows
from dashboards.components.segment_names import names_of
from dashboards.components.tables import Cell, table
from dashboards.components.wording import Words, segment, segment_kind, with_unit
from glassbook.catalogue import MONEY
from glassbook.snapshots import Snapshot

SECTIONS = {
    "F": ("业务", "Activity"), "G": ("活跃与回流", "Active and returning people"), "H": ("资金", "Money"),
    "I": ("毛利与压力", "Margin and stress"),
}  # fmt: skip
AHEAD = (7, 30, 90)


def figures(snapshot: Snapshot, day: date, before: date) -> None:
    """Figures in total, beside those of `before` where that is a stored day."""
    found = rows(
        snapshot,
        "select metric.section, figure.code, metric.name_zh, metric.name_en, figure.unit, figure.decimals, figure.value, figure.note, "
        "earlier.value, earlier.note, earlier.code is not null from rpt_operations_segments as figure "
        "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = figure.code "
        "left join rpt_operations_segments as earlier on earlier.code = figure.code and earlier.segment_kind = 'total' "
        "and earlier.as_of_on = ? where figure.as_of_on = ? and figure.segment_kind = 'total' order by metric.ordinal",
        before,
        day,
    )
    has_earlier = any(line[10] for line in found)
    header = [("指标", "figure"), ("数值", "value"), *([("一个月前", "a month before")] if has_earlier else [])]
    for letter, (zh, en) in SECTIONS.items():
        section(zh, en)
        lines: list[Sequence[Cell]] = []
        for group, code, name_zh, name_en, unit, decimals, value, note, earlier, earlier_note, _ in found:
            if group == letter:
                pairs = ((value, note), (earlier, earlier_note)) if has_earlier else ((value, note),)
                named = with_unit(name_zh, name_en, unit)
                lines.append((Words(named.zh, f"{code} {named.en}"), *(noted(told, unit, decimals, why) for told, why in pairs)))
        table(header, lines)
    if has_earlier:
        st.caption(f"一个月前为 {before:%Y-%m-%d}。 A month before is {before:%Y-%m-%d}.")


def cash(snapshot: Snapshot, day: date) -> None:
    """What falls due after the day, and how much of it is likely to be paid."""
    section("应收现金", "Cash due")
    found = rows(
        snapshot,
        "select ahead_days, due_to_date_amount, likely_to_date_amount, low_to_date_amount, high_to_date_amount "
        "from rpt_operations_cash_as_of(cast(? as date)) order by ahead_days",
        day,
    )
    table(
        [("期限", "within"), ("应收", "due"), ("预计到账", "likely to come"), ("区间下端", "low, 10th percentile"),
         ("区间上端", "high, 90th percentile")],
        [
            (Words(f"{ahead} 日内", f"{ahead} days"), *(shown(amount, MONEY, 2) for amount in amounts))
            for ahead, *amounts in found
            if ahead in AHEAD
        ],
        parts=[("万¤", "¤ 10,000", 4)],
        empty=("其后九十日无应收。", "Nothing falls due in the next ninety days."),
    )  # fmt: skip


def plan(snapshot: Snapshot, day: date) -> None:
    """Targets of the day's month beside the actual values."""
    section("计划与实际", "Plan against actual")
    found: Rows = rows(
        snapshot,
        "select metric.name_zh, metric.name_en, plan.segment_kind, plan.segment_id, plan.unit, plan.decimals, plan.target_value, "
        "plan.actual_value, plan.difference_value, 100 * plan.actual_to_target_rate from rpt_operations_plan as plan "
        "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = plan.code "
        "where plan.month_on = date_trunc('month', cast(? as date)) order by metric.ordinal, plan.segment_kind, plan.segment_id",
        day,
    )
    table(
        [("指标", "figure"), ("分组", "segment"), ("计划", "target"), ("实际", "actual"), ("差异", "difference"),
         ("实际 ÷ 计划，%", "actual ÷ target, %")],
        [
            (with_unit(zh, en, unit), _planned_for(snapshot, kind, name), shown(target, unit, decimals), shown(actual, unit, decimals),
             signed(difference, unit, decimals), number(attained, 1))
            for zh, en, kind, name, unit, decimals, target, actual, difference, attained in found
        ],
        names=2,
        empty=("未提供当月计划。", "No plan of the month is supplied."),
    )  # fmt: skip


def _planned_for(snapshot: Snapshot, kind: str, name: str) -> Words:
    if kind == "total":
        return Words("全部", "all")
    whose, which = segment_kind(kind), segment(kind, name, names_of(snapshot, kind))
    return Words(f"{whose.zh}：{which.zh}", f"{whose.en}: {which.en or which.zh}")

"""经营 in five parts: what stands out, all figures, segments, cash and plan, risk. Each figure is a row of a mart."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboards.components.presenting import cards, filing_state, foot, head, section, shown, signed
from dashboards.components.reading import Rows, rows
from dashboards.components.tables import table
from dashboards.components.wording import with_unit
from dashboards.executive.business import cash, figures, plan
from dashboards.executive.risk import risk
from dashboards.executive.segments import segments
from glassbook.settings import load_settings
from glassbook.snapshots import Snapshot
from reports.present.chart_marks import Point
from reports.present.charts import monthly_chart

PARTS = ("概览 Overview", "业务 Activity", "分组 Segments", "现金与计划 Cash and plan", "风险 Risk")
SECTIONS = {"A": ("余额", "Balances"), "B": ("放款与回款", "Lending"), "C": ("逾期", "Overdue"), "D": ("人", "People")}
CHARTS = (
    ("OP-A01", "area", 4, "借贷余额（万¤）", "Outstanding principal, ¤ 10,000"),
    ("OP-C03", "line", 0, "金额逾期率（%）", "Overdue rate by amount, %"),
)
HIGHLIGHTS = ("OP-A01", "OP-B01", "OP-C01", "OP-C03", "OP-D01", "OP-D03")


def show() -> None:
    """The whole page."""
    snapshot = head("经营", "Business")
    if snapshot is None:
        return
    days = [day for (day,) in rows(snapshot, "select distinct as_of_on from rpt_operations_figures order by 1 desc")]
    if not days:
        st.info("快照中还没有数据。 The snapshot holds no figures yet.")
        foot(snapshot)
        return
    day = st.selectbox("截至 as of", days, format_func=str, width=220)
    filing_state(load_settings().home_regime, day)
    found = rows(
        snapshot,
        "select metric.section, figure.code, metric.name_zh, metric.name_en, figure.value, figure.previous_value, figure.change_value, "
        "figure.unit, figure.decimals, figure.previous_on "
        "from rpt_operations_figures as figure "
        "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = figure.code "
        "where figure.as_of_on = ? order by metric.ordinal",
        day,
    )
    before = found[0][9]
    overview, activity, by_segment, ahead, at_risk = st.tabs(PARTS)
    with overview:
        _overview(snapshot, day, before, found)
    with activity:
        figures(snapshot, day, before)
    with by_segment:
        segments(snapshot, day, before)
    with ahead:
        cash(snapshot, day)
        plan(snapshot, day)
    with at_risk:
        risk(snapshot, day)
    _definitions(snapshot, day)
    foot(snapshot)


def _overview(snapshot: Snapshot, day: date, before: date, found: Rows) -> None:
    cards(
        (
            *with_unit(name_zh, name_en, kind),
            shown(value, kind, places),
            [signed(change, kind, places) + (" 百分点 pp" if kind == "%" and change is not None else ""), f"较 vs {before:%Y-%m-%d}"],
        )
        for _, code, name_zh, name_en, value, _, change, kind, places, _ in found
        if code in HIGHLIGHTS
    )
    for column, (code, kind, power, zh, en) in zip(st.columns(len(CHARTS)), CHARTS, strict=True):
        series = rows(
            snapshot,
            "select as_of_on, code, value from rpt_operations_figures where code = ? and is_month_end and as_of_on <= ? "
            "qualify row_number() over (order by as_of_on desc) <= 24 order by as_of_on",
            code,
            day,
        )
        with column, st.container(border=True, key=f"gb-{code}"):
            section(zh, en)
            if not series:
                st.caption("尚无已结束的月份。 No month has ended yet.")
                continue
            chart = monthly_chart([Point(*row) for row in series], kind="area" if kind == "area" else "line", divisor_power=power)
            st.altair_chart(chart, width="stretch", theme=None)
    for letter, (zh, en) in SECTIONS.items():
        section(zh, en)
        table(
            [("指标", "figure"), ("数值", "value"), ("一个月前", "a month before"), ("变化", "change")],
            [
                (with_unit(name_zh, name_en, kind), shown(value, kind, places), shown(previous, kind, places), signed(change, kind, places))
                for group, _, name_zh, name_en, value, previous, change, kind, places, _ in found
                if group == letter
            ],
        )
    st.caption(
        f"一个月前为 {before:%Y-%m-%d}；以 % 计的指标，变化为百分点。 "
        f"A month before is {before:%Y-%m-%d}; changes of figures in % are percentage points."
    )


def _definitions(snapshot: Snapshot, day: date) -> None:
    with st.expander("定义 definitions"):
        for code, zh, en, definition_zh, definition_en in rows(
            snapshot,
            "select metric.code, metric.name_zh, metric.name_en, words.definition_zh, words.definition_en "
            "from rpt_operations_words_as_of(cast(? as date)) as words "
            "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = words.code order by metric.ordinal",
            day,
        ):
            st.markdown(f"**{code} {zh}** {en}  \n{definition_zh}。{definition_en}.")

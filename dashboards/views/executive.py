"""经营: balances, lending, overdue and people, each beside a month earlier; how the business stands; risk."""

from __future__ import annotations

import streamlit as st

from dashboards.presenting import cards, filing_state, foot, head, section, shown, signed, table, unit_shown
from dashboards.reading import rows
from dashboards.views.executive_business import show_business
from dashboards.views.executive_risk import show_risk
from glassbook.settings import load_settings
from reports.charts import Point, monthly_chart

SECTIONS = {"A": ("余额", "Balances"), "B": ("放款与回款", "Lending"), "C": ("逾期", "Overdue"), "D": ("人", "People")}
CHARTS = (
    ("OP-A01", "area", 4, "借贷余额（万元）", "Outstanding principal, CNY 10,000"),
    ("OP-C03", "line", 0, "金额逾期率（%）", "Overdue rate by amount, %"),
)
HIGHLIGHTS = ("OP-A01", "OP-B01", "OP-C01", "OP-C03", "OP-D01", "OP-D03")


def show() -> None:
    """The whole page."""
    snapshot = head("经营", "Business")
    if snapshot is None:
        return
    days = [day for (day,) in rows(snapshot, "internal", "select distinct as_of_on from rpt_operations_figures order by 1 desc")]
    if not days:
        st.info("快照中还没有数据。 The snapshot holds no figures yet.")
        foot(snapshot)
        return
    day = st.selectbox("截至 as of", days, format_func=str, width=220)
    filing_state(load_settings().home_regime, day)
    found = rows(
        snapshot,
        "internal",
        "select metric.section, figure.code, metric.name_zh, metric.name_en, figure.value, figure.previous_value, figure.change_value, "
        "figure.unit, figure.decimals, figure.previous_on "
        "from rpt_operations_figures as figure "
        "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = figure.code "
        "where figure.as_of_on = ? order by metric.ordinal",
        day,
    )
    cards(
        (zh, en, shown(value, unit, places), unit_shown(unit), f"较 {before:%Y-%m-%d}：{signed(change, unit, places)}")
        for _, code, zh, en, value, _, change, unit, places, before, *_ in found
        if code in HIGHLIGHTS
    )
    for column, (code, kind, power, zh, en) in zip(st.columns(len(CHARTS)), CHARTS, strict=True):
        series = rows(
            snapshot,
            "internal",
            "select as_of_on, code, value from rpt_operations_figures where code = ? and is_month_end and as_of_on <= ? "
            "qualify row_number() over (order by as_of_on desc) <= 24 order by as_of_on",
            code,
            day,
        )
        with column, st.container(border=True, key=f"gb-{code}"):
            section(zh, en)
            chart = monthly_chart([Point(*row) for row in series], kind="area" if kind == "area" else "line", divisor_power=power)
            st.altair_chart(chart, width="stretch", theme=None)
    for letter, (zh, en) in SECTIONS.items():
        section(zh, en)
        table(
            [("指标", "figure"), ("数值", "value"), (f"{found[0][9]:%Y-%m-%d}", "month before"), ("变化", "change"), ("单位", "unit")],
            [
                (f"{r[2]} {r[3]}", shown(r[4], r[7], r[8]), shown(r[5], r[7], r[8]), signed(r[6], r[7], r[8]), unit_shown(r[7]))
                for r in found
                if r[0] == letter
            ],
        )
    show_business(snapshot, day, found[0][9])
    show_risk(snapshot, day)
    with st.expander("定义 definitions"):
        for row in rows(
            snapshot,
            "internal",
            "select metric.code, metric.name_zh, metric.name_en, words.definition_zh, words.definition_en "
            "from rpt_operations_words_as_of(cast(? as date)) as words "
            "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = words.code order by metric.ordinal",
            day,
        ):
            st.markdown(f"**{row[0]} {row[1]}** {row[2]}  \n{row[3]}。{row[4]}.")
    foot(snapshot)

"""公开信息: the last month's figures with their definitions and 24 months of charts, read from the public file alone."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboards.presenting import cards, filing_state, foot, head, section, shown
from dashboards.reading import rows
from dashboards.tables import table
from dashboards.wording import Words, with_unit
from glassbook.snapshots import Snapshot
from reports.charts import Point, monthly_chart
from reports.engine.regime import Regime, load_regime, regime_names
from reports.engine.seal import sha256
from reports.figures import Figure, read_figures
from reports.refuted import QUERY, Refutation, Refuted, refuted


def show() -> None:
    """The whole page."""
    regime = next((found for found in map(load_regime, regime_names()) if found.page), None)
    assert regime is not None and regime.page is not None  # the package brings one
    snapshot = head(regime.page.title_zh, regime.page.title_en)
    if snapshot is None:
        return
    days = [
        day
        for (day,) in rows(snapshot, "public", f"select distinct as_of_on from {regime.figures_table} where is_month_end order by 1 desc")
    ]
    # A platform younger than a month has no month end yet: its latest day stands in.
    days = days or [day for (day,) in rows(snapshot, "public", f"select distinct as_of_on from {regime.figures_table}")]
    if not days:
        st.info("快照中还没有数据。 The snapshot holds no figures yet.")
        foot(snapshot)
        return
    day = st.selectbox("月份 month", days, format_func=lambda found: f"{found:%Y-%m}", width=220)
    filing_state(regime.name, day)
    said = _refuted(snapshot, regime)
    _warn(said.on(day))
    figures = read_figures(snapshot, regime, day, is_public=True)
    words = {
        row[0]: row[1:]
        for row in rows(
            snapshot,
            "public",
            "select code, name_zh, name_en, section, definition_zh, definition_en, basis "
            "from ctl_metrics where metric_set = ? order by ordinal",
            regime.name,
        )
    }
    found = figures.by_code()

    def marked(figure: Figure) -> tuple[str, str]:
        mark = "暂定 provisional" if said.is_provisional(day, figure.code) else ""
        return shown(figure.value, figure.unit, figure.decimals), mark

    shown_first = [(words[code], found[code]) for code in regime.page.highlights if code in found]
    cards(
        (*with_unit(named[0], named[1], figure.unit), value, [figure.code, mark])
        for named, figure, (value, mark) in ((named, figure, marked(figure)) for named, figure in shown_first)
    )
    _charts(snapshot, regime, day, said)
    for group in regime.page.groups:
        section(group.title_zh, group.title_en)
        entries = [(code, figure) for code, figure in found.items() if words[code][2] in group.sections]
        lines = []
        for code, figure in entries:
            named = with_unit(words[code][0], words[code][1], figure.unit)
            lines.append((Words(named.zh, f"{code} {named.en}"), marked(figure)))
        table([("指标", "figure"), ("数值", "value")], lines)
        with st.expander("定义 definitions"):
            for code, _ in entries:
                name_zh, name_en, _, zh, en, basis = words[code]
                st.markdown(f"**{code} {name_zh}** {name_en}  \n{zh}。{en}.  \n:gray[{basis}]")
    foot(snapshot, sha256(figures.to_json().encode()))


def _refuted(snapshot: Snapshot, regime: Regime) -> Refuted:
    """What edits say against figures; nothing in a snapshot of before edits were told to the public."""
    there = rows(snapshot, "public", "select 1 from duckdb_tables() where table_name = 'chk_refuted_figures'")
    return refuted(rows(snapshot, "public", QUERY, regime.name) if there else [])


def _warn(refutations: list[Refutation]) -> None:
    for one in refutations:
        concerned = "、".join(one.figure_codes)
        st.warning(
            f"暂定数字：{one.check.code} {one.check.rule_zh}，涉及{concerned or '当日全部数字'}。\n\n"
            f"Provisional: {one.check.code} {one.check.rule_en}; {concerned or 'all figures of that day'}.",
            icon=":material/error:",
        )


def _charts(snapshot: Snapshot, regime: Regime, day: date, said: Refuted) -> None:
    assert regime.page is not None
    for column, chart in zip(st.columns(len(regime.page.charts)), regime.page.charts, strict=True):
        series = rows(
            snapshot,
            "public",
            f"select as_of_on, code, value from {regime.figures_table} where is_month_end and list_contains(?, code) and as_of_on <= ? "
            "qualify dense_rank() over (order by as_of_on desc) <= ? order by as_of_on, list_position(?, code)",
            list(chart.codes), day, regime.page.months, list(chart.codes),
        )  # fmt: skip
        names: dict[str, str] = {
            code: name for code, name in rows(snapshot, "public", "select code, name_zh || ' ' || name_en from ctl_metrics")
        }
        with column, st.container(border=True, key=f"gb-{chart.key}"):
            section(f"{chart.title_zh}（{chart.unit_zh}）", f"{chart.title_en}, {chart.unit_en}")
            st.caption(" · ".join(f"{'┄' if place else '━'} {names[code]}" for place, code in enumerate(chart.codes)))
            points = [Point(month_end, code, value, said.is_provisional(month_end, code)) for month_end, code, value in series]
            st.altair_chart(
                monthly_chart(points, kind=chart.kind, divisor_power=chart.divisor_power, names=names), width="stretch", theme=None
            )

"""The charts by month of the apps; those of the public site are drawn in reports/site/charting.py.

All words stay outside the picture, in the page around it: the picture has only digits and lines, so a chart needs no
Chinese font where it is made and looks the same everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from reports.present.chart_marks import COLOURS, DASHES, Kind, Point

FONT = "'PingFang SC','Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei','Helvetica Neue',Arial,sans-serif"
GREY = "#5b6570"
GRID = "#e3e7eb"
# Half-years: closer labels would overlap on half a page.
_LABELLED_EVERY = 6
_WIDTH, _HEIGHT = 430, 220


def monthly_chart(points: Sequence[Point], *, kind: Kind, divisor_power: int = 0) -> alt.LayerChart:
    """Series by month. `divisor_power` moves the decimal point for the axis (4 shows amounts in tens of thousands)."""
    series = list(dict.fromkeys(point.series for point in points))
    months = list(dict.fromkeys(f"{point.month_end:%Y-%m}" for point in points))
    rows = [
        {
            "month": f"{point.month_end:%Y-%m}",
            "series": point.series,
            # A pixel has no cents: an amount becomes a float here, and nothing reads it back.
            "value": None if point.value is None else float(point.value.scaleb(-divisor_power)),
        }
        for point in points
    ]
    labelled = months[::-1][::_LABELLED_EVERY]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("month:O", sort=months, title=None, scale=alt.Scale(type="point", padding=0.3), axis=_month_axis(labelled)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=True, nice=True), axis=_value_axis(), stack=None),
        color=alt.Color("series:N", sort=series, legend=None, scale=alt.Scale(domain=series, range=list(COLOURS[: len(series)]))),
        tooltip=[
            alt.Tooltip("month:O", title="月 month"),
            alt.Tooltip("series:N", title="指标 figure"),
            alt.Tooltip("value:Q", title="数值 value", format=",.2f"),
        ],
    )
    lines = base.mark_line(strokeWidth=2.2, strokeJoin="round").encode(
        strokeDash=alt.StrokeDash(
            "series:N", legend=None, scale=alt.Scale(domain=series, range=[list(dash) for dash in DASHES[: len(series)]])
        )
    )
    layers = [base.mark_area(opacity=0.14, line=False)] if kind == "area" else []
    last = base.transform_filter(alt.FieldEqualPredicate(field="month", equal=months[-1] if months else ""))
    layers += [lines, last.mark_point(filled=True, size=46, opacity=1)]
    chart = alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, padding={"left": 4, "right": 12, "top": 8, "bottom": 4})
    styled: alt.LayerChart = chart.configure(font=FONT, background="transparent").configure_view(stroke=None)
    return styled


def _month_axis(labelled: list[str]) -> alt.Axis:
    return alt.Axis(
        values=labelled, labelAngle=0, labelColor=GREY, labelFontSize=12, labelOverlap=False, labelPadding=6,
        domainColor=GREY, tickColor=GREY, minExtent=24, maxExtent=24,
    )  # fmt: skip


def _value_axis() -> alt.Axis:
    # A fixed extent: otherwise the layout would follow the fonts of the machine that draws it.
    return alt.Axis(
        labelColor=GREY, labelFontSize=12, labelOverlap=False, labelPadding=6, tickCount=5, format=",~f",
        domain=False, ticks=False, gridColor=GRID, minExtent=64, maxExtent=64,
    )  # fmt: skip

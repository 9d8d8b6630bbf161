"""The charts that pages and apps share, and how one becomes a still picture.

All words stay outside the picture, in the page around it: what is drawn is digits and lines only, so a chart needs no
Chinese font where it is made and looks the same wherever it is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import altair as alt

FONT = "'PingFang SC','Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei','Helvetica Neue',Arial,sans-serif"
# Blue and vermilion keep apart for every common form of colour blindness; dashes tell them apart in black and white.
COLOURS = ("#1d5b8f", "#c2502a", "#4b7f52", "#7a5195")
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))
GREY = "#5b6570"
GRID = "#e3e7eb"
# Half-years: closer labels would run into each other on half a page.
_LABELLED_EVERY = 6


@dataclass(frozen=True)
class Point:
    """One value of one series at the end of a month; None leaves a gap. One that an edit calls impossible is drawn hollow."""

    month_end: date
    series: str
    value: Decimal | None
    is_provisional: bool = False


def monthly_chart(
    points: Sequence[Point],
    *,
    kind: Literal["area", "line"],
    divisor_power: int = 0,
    names: dict[str, str] | None = None,
    width: int = 430,
    height: int = 220,
) -> alt.LayerChart:
    """Series by month. `divisor_power` moves the decimal point for the axis (4 shows CNY as 万元); `names` are for tooltips."""
    series = list(dict.fromkeys(point.series for point in points))
    months = list(dict.fromkeys(f"{point.month_end:%Y-%m}" for point in points))
    shown = names or {}
    rows = [
        {
            "month": f"{point.month_end:%Y-%m}",
            "series": shown.get(point.series, point.series),
            # A pixel has no cents: this is the only place where an amount becomes a float, and nothing reads it back.
            "value": None if point.value is None else float(point.value.scaleb(-divisor_power)),
            **({"provisional": True} if point.is_provisional else {}),
        }
        for point in points
    ]
    labelled = months[::-1][::_LABELLED_EVERY]
    order = [shown.get(name, name) for name in series]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("month:O", sort=months, title=None, scale=alt.Scale(type="point", padding=0.3), axis=_month_axis(labelled)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=True, nice=True), axis=_value_axis(), stack=None),
        color=alt.Color("series:N", sort=order, legend=None, scale=alt.Scale(domain=order, range=list(COLOURS[: len(order)]))),
        tooltip=[
            alt.Tooltip("month:O", title="月 month"),
            alt.Tooltip("series:N", title="指标 figure"),
            alt.Tooltip("value:Q", title="数值 value", format=",.2f"),
        ],
    )
    lines = base.mark_line(strokeWidth=2.2, strokeJoin="round").encode(
        strokeDash=alt.StrokeDash(
            "series:N", legend=None, scale=alt.Scale(domain=order, range=[list(dash) for dash in DASHES[: len(order)]])
        )
    )
    layers = [base.mark_area(opacity=0.14, line=False)] if kind == "area" else []
    last = base.transform_filter(alt.FieldEqualPredicate(field="month", equal=months[-1] if months else ""))
    layers += [lines, last.mark_point(filled=True, size=46, opacity=1)]
    if any(point.is_provisional for point in points):
        doubted = base.transform_filter(alt.FieldEqualPredicate(field="provisional", equal=True))
        layers.append(doubted.mark_point(filled=False, fill="white", size=70, opacity=1, strokeWidth=2))
    chart = alt.layer(*layers).properties(width=width, height=height, padding={"left": 4, "right": 12, "top": 8, "bottom": 4})
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


def to_svg(chart: alt.LayerChart, label: str) -> str:
    """The chart as one SVG element without script or outside reference; `label` is what a screen reader says."""
    import vl_convert

    text: str = vl_convert.vegalite_to_svg(chart.to_json(), allowed_base_urls=[])
    escaped = label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    opening, rest = text.split(">", 1)
    opening = re.sub(r' (class|role|aria-[a-z]+|version|xmlns:xlink)="[^"]*"', "", opening)
    return f'{opening} role="img" aria-label="{escaped}">{rest}'.strip()

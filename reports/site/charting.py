"""Charts of the site: figures by day as inline SVG, in a wide and a narrow version ("cut").

Belongs here: what is drawn, and fitting it into a page: colours as variables of the style sheet, axis labels in the words of a language.
Does not: titles and keys, which are HTML around it. A drawing has no words, so each cut is drawn once for all languages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import altair as alt

from glassbook.calendar import month_ends
from reports.present.chart_marks import DASHES, Kind, Point

Cut = Literal["wide", "narrow"]
CUTS: tuple[Cut, ...] = ("wide", "narrow")
# Pixels of the whole drawing. The narrow cut fits a phone of 320 pixels with margins, the wide one a column of text.
_WIDTH: dict[Cut, int] = {"wide": 720, "narrow": 288}
_HEIGHT: dict[Cut, int] = {"wide": 280, "narrow": 210}
_FONT_SIZE = 12
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 10, 10, 26
# Placeholders for variables of the style sheet; --series-1 and so on stay distinct for every common form of colour blindness.
_SERIES = ("#010101", "#020202", "#030303", "#040404")
_QUIET, _GRID, _PAPER = "#0a0a0a", "#0b0b0b", "#0c0c0c"
_VARIABLES = {_QUIET: "quiet", _GRID: "line", _PAPER: "paper"} | {colour: f"series-{n}" for n, colour in enumerate(_SERIES, start=1)}
_SHORT_HISTORY = 36
"""Up to this many months the axis names every few months; beyond, years."""


@dataclass(frozen=True)
class Picture:
    """What is drawn: at most four series of points by day. A month without a point is a gap."""

    kind: Kind
    points: tuple[Point, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The names of the series, in order of appearance."""
        return tuple(dict.fromkeys(point.series for point in self.points))


@dataclass(frozen=True)
class Curves:
    """A chart along a number: at most four lines, each (name, its points as (number, value))."""

    lines: tuple[tuple[str, tuple[tuple[int, Decimal | None], ...]], ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The names of the lines, in order."""
        return tuple(name for name, _ in self.lines)


def drawn(picture: Picture | Curves, cut: Cut, label: Callable[[Decimal], str], words: str) -> str:
    """The picture as one SVG element; `label` formats a value of the axis, `words` are for screen readers."""
    svg = _VALUE.sub(lambda found: f"{found[1]}{label(Decimal(found[2].replace('−', '-')))}</text>", _raw(picture, cut))
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg ", f'<svg class="{cut}" role="img" aria-label="{escaped}" ', 1)


@lru_cache(maxsize=1024)
def _raw(picture: Picture | Curves, cut: Cut) -> str:
    """The drawing without words, its axis labelled with plain numbers and days such as 2019-12."""
    import vl_convert

    return _fitted(vl_convert.vegalite_to_svg(_chart(picture, cut).to_json(validate=False), allowed_base_urls=[]))


def _chart(picture: Picture | Curves, cut: Cut) -> alt.LayerChart:
    series = list(picture.series)
    rows = _steps(picture) if isinstance(picture, Curves) else _with_gaps(picture)
    colour = alt.Color("series:N", sort=series, legend=None, scale=alt.Scale(domain=series, range=list(_SERIES[: len(series)])))
    dash = alt.StrokeDash("series:N", legend=None, scale=alt.Scale(domain=series, range=[list(dash) for dash in DASHES[: len(series)]]))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_across(picture, cut),
        y=alt.Y("value:Q", title=None, scale=_value_scale(picture), axis=_value_axis(cut), stack=None),
        color=colour,
    )
    layers = [base.mark_area(opacity=0.13, line=False)] if isinstance(picture, Picture) and picture.kind == "area" else []
    layers.append(base.mark_line(strokeWidth=2, strokeJoin="round").encode(strokeDash=dash))
    # A single point, or one between two gaps, would have no line; the last point shows the current value.
    layers.append(base.transform_filter("datum.dot").mark_point(filled=True, size=40, opacity=1))
    if isinstance(picture, Picture) and any(point.is_provisional for point in picture.points):
        doubted = base.transform_filter("datum.provisional")
        layers.append(doubted.mark_point(filled=False, fill=_PAPER, size=52, opacity=1, strokeWidth=2))
    chart = alt.layer(*layers).properties(
        width=_WIDTH[cut] - _LEFT - _RIGHT,
        height=_HEIGHT[cut] - _TOP - _BOTTOM,
        padding={"left": 0, "right": _RIGHT, "top": _TOP, "bottom": 0},
    )
    styled: alt.LayerChart = chart.configure(font="sans-serif", background="transparent").configure_view(stroke=None)
    return styled


def _across(picture: Picture | Curves, cut: Cut) -> alt.X:
    if isinstance(picture, Picture):
        return alt.X("day:T", title=None, scale=alt.Scale(type="utc", nice=False, padding=8), axis=_day_axis(picture, cut))
    steps = sorted({step for _, points in picture.lines for step, _ in points})
    shown = steps[:: -(-len(steps) // (12 if cut == "wide" else 6))]
    return alt.X("day:Q", title=None, scale=alt.Scale(nice=False, zero=False, padding=8), axis=_bottom_axis(values=shown, format="d"))


def _steps(picture: Curves) -> list[dict[str, object]]:
    return [
        {
            "day": step,
            "series": name,
            "value": None if value is None else float(value),
            "dot": place == len(points) - 1,
            "provisional": False,
        }
        for name, points in picture.lines
        for place, (step, value) in enumerate(points)
    ]


def _with_gaps(picture: Picture) -> list[dict[str, object]]:
    """One row per point, and an empty row for each month without one: no line is drawn across a gap."""
    rows: list[dict[str, object]] = []
    for name in picture.series:
        held = {point.month_end: point for point in picture.points if point.series == name}
        days = sorted({*held, *month_ends(min(held), max(held))})
        has_value = [day in held and held[day].value is not None for day in days]
        for place, day in enumerate(days):
            point = held.get(day)
            alone = not any(has_value[max(place - 1, 0) : place] + has_value[place + 1 : place + 2])
            rows.append(
                {
                    "day": day.isoformat(),
                    "series": name,
                    # A pixel has no cents: this is the only place where an amount becomes a float, and nothing reads it back.
                    "value": None if point is None or point.value is None else float(point.value),
                    "dot": has_value[place] and (alone or place == len(days) - 1),
                    "provisional": point is not None and point.is_provisional,
                }
            )
    return rows


def _labelled_days(picture: Picture, cut: Cut) -> tuple[list[date], str]:
    """The days named on the axis, few enough not to overlap, and the format of their names."""
    days = sorted({point.month_end for point in picture.points})
    first, last = days[0], days[-1]
    if first == last:
        return [last], "%Y-%m"
    if len(month_ends(first, last)) <= _SHORT_HISTORY:
        ends, most = month_ends(first, last) or [last], 6 if cut == "wide" else 3
        step = -(-len(ends) // most)
        return ends[::-1][::step], "%Y-%m"
    years = [date(year, 1, 1) for year in range(first.year + (first.month > 1), last.year + 1)]
    step = -(-len(years) // (8 if cut == "wide" else 4))
    return years[::step], "%Y"


def _day_axis(picture: Picture, cut: Cut) -> alt.Axis:
    days, written = _labelled_days(picture, cut)
    values = [alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in days]
    return _bottom_axis(values=values, format=written)


def _bottom_axis(**given: Any) -> alt.Axis:
    return alt.Axis(
        **given, labelAngle=0, labelColor=_QUIET, labelFontSize=_FONT_SIZE, labelOverlap=False, labelPadding=5,
        domainColor=_QUIET, tickColor=_QUIET, grid=False, minExtent=_BOTTOM, maxExtent=_BOTTOM,
    )  # fmt: skip


def _value_scale(picture: Picture | Curves) -> alt.Scale:
    # A line of only zeros has no height: draw it at the bottom, not across the middle.
    if isinstance(picture, Curves):
        has_height = any(value for _, points in picture.lines for _, value in points)
    else:
        has_height = any(point.value for point in picture.points)
    return alt.Scale(zero=True, nice=True) if has_height else alt.Scale(domain=[0, 1])


def _value_axis(cut: Cut) -> alt.Axis:
    # A fixed extent: otherwise the layout would follow the fonts of the machine that draws it.
    return alt.Axis(
        labelColor=_QUIET, labelFontSize=_FONT_SIZE, labelOverlap=False, labelPadding=8, tickCount=4 if cut == "narrow" else 5,
        format="~f", domain=False, ticks=False, gridColor=_GRID, minExtent=_LEFT, maxExtent=_LEFT,
    )  # fmt: skip


# Labels of values end at the axis; those of days are centred below it.
_VALUE = re.compile(r'(text-anchor="end"[^>]*>)(−?[\d.]+)</text>')
_LEFT_OUT = re.compile(r'<path class="(?:background|foreground)"[^>]*/>|<title>.*?</title>')
_ATTRIBUTES = re.compile(
    r' (?:class|role|aria-[a-z]+|version|xmlns:xlink|pointer-events|font-family|opacity="1"|font-weight)(?:="[^"]*")?(?=[ />])'
)
_NUMBERS = re.compile(r"\d+\.\d{2,}")


def _fitted(svg: str) -> str:
    """The drawing without what a page does not need, in the style sheet's colours, with coordinates to a tenth of a pixel."""
    lean = _ATTRIBUTES.sub("", _LEFT_OUT.sub("", svg))
    texts = re.split(r"(<text[^>]*>[^<]*</text>)", lean)
    lean = "".join(part if part.startswith("<text") else _NUMBERS.sub(lambda found: f"{float(found[0]):.1f}", part) for part in texts)
    lean = re.sub(r'(transform="translate\()([-\d.]+),([-\d.]+)', lambda f: f"{f[1]}{float(f[2]):.1f},{float(f[3]):.1f}", lean)
    for colour, variable in _VARIABLES.items():
        lean = lean.replace(f'"{colour}"', f'"var(--{variable})"')
    while (shorter := re.sub(r"<g[^>]*></g>", "", lean)) != lean:
        lean = shorter
    return lean.strip()

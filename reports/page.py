"""Renders the public page: picks stored figures and catalogue words, prints them, and hands them to the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import jinja2

from glassbook.snapshots import Snapshot
from reports.cells import NO_VALUE, grouped
from reports.engine.regime import Chart, Page, Regime
from reports.figures import FigureSet, read_series
from reports.notes import note_in_words
from reports.refuted import Refuted
from reports.units import unit_zh

if TYPE_CHECKING:
    import duckdb

SITE_DIR = Path(__file__).parent / "site"
# Amounts on the page are in 万元 (10,000 yuan) with two decimals, as the disclosure rules ask.
_WAN_POWER = 4
_WAN_DECIMALS = 2
_WORDS = ("code", "section", "name_zh", "name_en", "definition_zh", "definition_en", "formula", "basis")


@dataclass(frozen=True)
class Shown:
    """A figure as the page prints it."""

    code: str
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str
    formula: str
    basis: str
    unit_zh: str
    unit_en: str
    value: str
    previous_month: str
    year_ago: str
    note: str
    provisional: frozenset[str]
    """Which of `value`, `previous_month` and `year_ago` an edit calls impossible."""


def month_before(day: date) -> date:
    """The last day of the month before that of `day`."""
    return day.replace(day=1) - timedelta(days=1)


def year_before(day: date) -> date:
    """The last day of the same month a year before (29 February has a 28 February)."""
    return month_before(day.replace(day=1, year=day.year - 1) + timedelta(days=32))


def render_page(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    regime: Regime,
    figures: FigureSet,
    refuted: Refuted,
    *,
    digest: str,
    stem: str,
    filing_seal: str | None,
) -> str:
    """The page of `figures.as_of` as HTML; `connection` is to the public file, `digest` the SHA-256 of the JSON named `stem`."""
    page = regime.page
    assert page is not None  # the caller publishes only regimes that have one
    shown = _shown_figures(connection, regime, figures, refuted)
    sections = {row[0]: row[1] for row in connection.execute("select code, section from ctl_metrics").fetchall()}
    parameters = dict(connection.execute("select name, value from ctl_parameters").fetchall())
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SITE_DIR),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    zone = ZoneInfo(snapshot.manifest["timezone"])
    return environment.get_template("page.html.j2").render(
        platform_name=parameters.get("platform_name", ""),
        regime=regime,
        page=page,
        as_of=figures.as_of,
        month_before=month_before(figures.as_of),
        year_before=year_before(figures.as_of),
        known_at=f"{snapshot.known_at.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})",
        snapshot_id=snapshot.snapshot_id,
        digest=digest,
        stem=stem,
        filing_seal=filing_seal,
        refutations=refuted.refutations,
        highlights=[shown[code] for code in page.highlights if code in shown],
        groups=[(group, [entry for code, entry in shown.items() if sections.get(code) in group.sections]) for group in page.groups],
        charts=[_chart(connection, regime, page, chart, figures.as_of, shown, refuted) for chart in page.charts],
        css=(SITE_DIR / "page.css").read_text(encoding="utf-8"),
        no_value=NO_VALUE,
    )


def _shown_figures(connection: duckdb.DuckDBPyConnection, regime: Regime, figures: FigureSet, refuted: Refuted) -> dict[str, Shown]:
    words = {
        row[0]: dict(zip(_WORDS, row, strict=True)) for row in connection.execute(f"select {', '.join(_WORDS)} from ctl_metrics").fetchall()
    }
    earlier = (month_before(figures.as_of), year_before(figures.as_of))
    values = {
        (day, code): value
        for day, code, value in connection.execute(
            f"select as_of_on, code, value from {regime.figures_table} where as_of_on in (?, ?)", list(earlier)
        ).fetchall()
    }
    days = {"value": figures.as_of, "previous_month": earlier[0], "year_ago": earlier[1]}
    shown = {}
    for figure in figures.figures:
        entry = words[figure.code]
        is_money = figure.unit == "CNY"

        def printed(value: Decimal | None, *, decimals: int = figure.decimals, is_money: bool = is_money) -> str:
            return wan(value) if is_money else grouped(value, decimals)

        shown[figure.code] = Shown(
            code=figure.code,
            **{name: entry[name] for name in _WORDS if name not in ("code", "section")},
            unit_zh="万元" if is_money else unit_zh(figure.unit),
            unit_en="CNY 10,000" if is_money else figure.unit,
            value=printed(figure.value),
            previous_month=printed(values.get((earlier[0], figure.code))),
            year_ago=printed(values.get((earlier[1], figure.code))),
            note=note_in_words(regime, figure.code, figure.note, lambda amount: f"{wan(amount)} 万元"),
            provisional=frozenset(name for name, day in days.items() if refuted.is_provisional(day, figure.code)),
        )
    return shown


def wan(value: Decimal | None) -> str:
    """An amount of CNY printed in 万元 with two decimals, rounded half up; the decimal point moves, nothing is divided."""
    return grouped(None if value is None else value.scaleb(-_WAN_POWER), _WAN_DECIMALS)


def _chart(
    connection: duckdb.DuckDBPyConnection,
    regime: Regime,
    page: Page,
    chart: Chart,
    until: date,
    shown: dict[str, Shown],
    refuted: Refuted,
) -> dict[str, Any]:
    from reports.charts import COLOURS, DASHES, Point, monthly_chart, to_svg

    series = read_series(connection, regime, chart.codes, until, page.months)
    points = [Point(day, code, value, refuted.is_provisional(day, code)) for day, code, value in series]
    points.sort(key=lambda point: (point.month_end, chart.codes.index(point.series)))
    months = sorted({point.month_end for point in points}, reverse=True)
    values = {(point.month_end, point.series): point for point in points}

    def cell(point: Point | None) -> tuple[str, bool]:
        value = point.value if point else None
        return wan(value) if chart.divisor_power else grouped(value, 2), point is not None and point.is_provisional

    picture = monthly_chart(points, kind=chart.kind, divisor_power=chart.divisor_power)
    label = f"{chart.title_zh} {chart.title_en}, {chart.unit_zh}"
    return {
        "declared": chart,
        "svg": to_svg(picture, label),
        "keys": [
            (shown[code], COLOURS[place], " ".join(map(str, DASHES[place]))) for place, code in enumerate(chart.codes) if code in shown
        ],
        "rows": [(month, [cell(values.get((month, code))) for code in chart.codes]) for month in months],
    }

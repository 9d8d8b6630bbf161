"""Prints figures as a table for people, names in both languages from the catalogue."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from glassbook.catalogue import load_metrics
from reports.figures.reading import FigureSet
from reports.present.cells import grouped
from reports.present.units import unit_zh

# Wide enough for every column when the output is not a terminal.
_PIPED_WIDTH = 140


def print_table(figures: FigureSet) -> None:
    """Writes the table to standard output."""
    metrics = {metric.code: metric for metric in load_metrics(figures.name)}
    table = Table(
        title=f"{figures.name}  as of {figures.as_of}  known at {figures.known_at}  snapshot {figures.snapshot_id}",
        title_justify="left",
    )
    for name in ("code", "指标", "indicator"):
        table.add_column(name, no_wrap=name == "code", overflow="fold")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("单位", no_wrap=True)
    table.add_column("note")
    for figure in figures.figures:
        metric = metrics.get(figure.code)
        names = (metric.name_zh, metric.name_en) if metric else ("", "")
        value = grouped(figure.value, figure.decimals)
        table.add_row(figure.code, *names, value, unit_zh(figure.unit), figure.note or "")
    # Notes are data: square brackets in them are no markup.
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    console.print(table)

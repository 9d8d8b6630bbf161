"""Control totals of a filing: rows and money from source to warehouse, and from the warehouse's rows to each figure.

The warehouse makes all sums; this module arranges them and says for each identity whether it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import load_metrics
from glassbook.sql_text import sql_of
from reports.figures.reading import FigureSet
from reports.figures.rows import adds_up, column_name, row_sums
from reports.filing.declare.regime import Regime
from reports.filing.make.quarantine import read_quarantine
from reports.filing.render.breakdowns import BrokenDown
from reports.present.cells import exact_text

if TYPE_CHECKING:
    import duckdb

_ROW_NAMES = ("table", "read", "new", "unchanged", "duplicate", "quarantined", "gone", "released", "difference")

_SUM_NAMES = ("table", "column", "read", "new", "unchanged", "duplicate", "quarantined", "gone", "released", "difference")


def read_controls(
    connection: duckdb.DuckDBPyConnection, regime: Regime, figures: FigureSet, breakdowns: Sequence[BrokenDown]
) -> dict[str, Any]:
    """The document of controls.json; `holds` is false when any identity does not hold; `broken` names these."""
    rows = [dict(zip(_ROW_NAMES, row, strict=True)) for row in _asked(connection, "loaded_rows")]
    sums = [dict(zip(_SUM_NAMES, [*row[:2], *map(exact_text, row[2:])], strict=True)) for row in _asked(connection, "loaded_sums")]
    staged = _staged(connection, sums)
    behind = _behind_figures(connection, regime, figures)
    quarantine = read_quarantine(connection, rows, sums)
    broken = [
        *(f"rows of {row['table']}" for row in rows if row["difference"] != 0),
        *(f"sum of {row['table']}.{row['column']}" for row in sums if row["difference"] not in (None, "0", "0.00")),
        *quarantine.broken,
        *(f"staging of {row['table']}.{row['column']}" for row in staged if row["holds"] is False),
        *(f"rows behind {row['figure']}" for row in behind if not row["holds"]),
        *(f"kinds of {code}" for broken_down in breakdowns for code in broken_down.differing(figures)),
        *(f"figure {code}" for code in _missing(regime, figures)),
    ]
    return {
        "identities": [
            "read + released = new + unchanged + duplicate + quarantined",
            "quarantined = open + accepted + superseded + released",
            "new - gone = staging, where rows are never replaced",
            "rows behind a figure add up to it, and so do its kinds",
        ],
        "holds": not broken,
        "broken": broken,
        "rows": rows,
        "money": sums,
        "staging": staged,
        "quarantined_rows": sum(row["quarantined"] for row in rows),
        "quarantine": quarantine.record(),
        "figures": behind,
    }


def _staged(connection: duckdb.DuckDBPyConnection, sums: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kinds = {(table, column): is_append for table, column, is_append in _asked(connection, "staged_amounts")}
    found = []
    for entry in sums:
        table, column = f"stg_{entry['table']}", entry["column"]
        if (table, column) not in kinds:
            continue
        row = connection.execute(f"select coalesce(sum({column}::decimal(38, 2)), 0) from {table}").fetchone()
        assert row is not None  # an aggregate always returns a row
        holds = row[0] == Decimal(entry["new"]) - Decimal(entry["gone"]) if kinds[table, column] else None
        found.append({"table": entry["table"], "column": column, "new": entry["new"], "staging": exact_text(row[0]), "holds": holds})
    return found


def _behind_figures(connection: duckdb.DuckDBPyConnection, regime: Regime, figures: FigureSet) -> list[dict[str, Any]]:
    by_code = figures.by_code()
    metrics = [metric for metric in load_metrics(regime.name) if metric.model is not None and metric.code in by_code]
    found = row_sums(connection, metrics, figures.as_of)
    return [
        {
            "figure": metric.code,
            "model": metric.model,
            "column": column_name(metric),
            "rows": found[metric.code].rows,
            "sum": exact_text(found[metric.code].total),
            "reported": exact_text(by_code[metric.code].summed),
            "holds": adds_up(found[metric.code].rows, found[metric.code].total, by_code[metric.code].summed),
        }
        for metric in metrics
    ]


def _missing(regime: Regime, figures: FigureSet) -> list[str]:
    """Codes that are in the catalogue but not among the figures, or the reverse."""
    return sorted({metric.code for metric in load_metrics(regime.name)} ^ set(figures.by_code()))


def _asked(connection: duckdb.DuckDBPyConnection, name: str) -> list[Any]:
    return connection.execute(sql_of("reports.filing.make", name)).fetchall()

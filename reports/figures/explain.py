"""Explains one figure: its definition, its formula with numbers, its lineage, and the rows that make it up.

The rows come from the model that the catalogue names for the figure. They add up to it exactly, or the explanation says
that they do not. Nothing is computed here that the warehouse could compute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import Metric, load_metrics
from glassbook.errors import InputError
from glassbook.snapshots import Snapshot, connect
from glassbook.sql_text import sql_of
from reports.figures.lineage import Lineage, LoadBehind
from reports.figures.reading import Figure, FigureSet, read_figures
from reports.figures.rows import RowsBehind, read_contributions
from reports.figures.sets import HOUSE_SETS, FigureSource
from reports.figures.values import NOT_SUPPLIED, ToldValues, read_values
from reports.present.cells import NO_VALUE, exact_text

if TYPE_CHECKING:
    import duckdb

# As many terms as a reader can check by eye.
_WRITTEN_OUT = 6
_CODE = re.compile(r"\b(?:[A-Z]{2,}-)?[A-Z]\d{2}\b")


@dataclass(frozen=True)
class Explanation:
    """Everything about one figure on one day."""

    figures: FigureSet
    figure: Figure
    metric: Metric
    formula_in_numbers: str
    parts: tuple[Figure, ...]
    """Figures that the formula names. Under another reading of the law than the usual one, some are not in the division."""
    models: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    loads: tuple[LoadBehind, ...]
    values: ToldValues | None
    """The values of a figure with one value per key; None for a figure with a single value."""
    contributions: RowsBehind | None
    same_as: str | None
    """The operating figure equal to this one; None where the snapshot's operating figures use the readings of another regime."""


def find_metric(source: FigureSource, code: str) -> Metric:
    """The catalogue entry of `code`. Raises InputError, which names the most similar codes."""
    import difflib

    metrics = {metric.code: metric for metric in load_metrics(source.name)}
    if code.upper() in metrics:
        return metrics[code.upper()]
    near = difflib.get_close_matches(code.upper(), metrics, n=3, cutoff=0.5) or list(metrics)[:3]
    of_set, of_regime = f"`glassbook figures --set {source.name}`", f"`glassbook figures --regime {source.name} --format table`"
    raise InputError(
        found=f"figure {code!r}",
        where=f"the catalogue of {source.name}",
        expected=f"a code such as {', '.join(near)}",
        remedy=f"docs/figures.md lists them all, {of_set if source.name in HOUSE_SETS else of_regime} those with a single value.",
    )


def explain(snapshot: Snapshot, declared: FigureSource, code: str, as_of: date) -> Explanation:
    """The explanation of figure `code` on `as_of`. Raises InputError for an unknown code or day."""
    metric = find_metric(declared, code)
    figures = read_figures(snapshot, declared, as_of)
    by_code = figures.by_code()
    if metric.code not in by_code and metric.values is None:
        raise InputError(
            found=f"no row for {metric.code}",
            where=f"{declared.figures_table} of snapshot {snapshot.snapshot_id}",
            expected="a row for every figure of the catalogue",
            remedy="Build the snapshot again with this version of the models.",
        )
    home = (snapshot.manifest.get("parameters") or {}).get("home_regime")
    source = row_source(_twin(metric, home), declared)
    models = figure_models(metric, declared)
    contributions = values = None
    with connect(snapshot.database) as connection:
        lineage = Lineage(connection)
        upstream = lineage.upstream(models)
        if metric.values is not None:
            unit, is_supplied = _unit(connection, metric)
            values = read_values(connection, metric, unit, as_of, is_supplied=is_supplied)
            figure = values.as_figure(metric, unit, is_supplied=is_supplied)
            whole = values.sums(figure)
        else:
            whole = figure = by_code[metric.code]
        # When the source lacks a part, the rows of the rest add up to no figure.
        if source is not None and not (figure.note == NOT_SUPPLIED and source.rows is not None):
            contributions = read_contributions(connection, source, by_code.get(source.code, whole), as_of)
    edges = tuple((model, parent) for model in [*models, *upstream] for parent in lineage.parents(model))
    return Explanation(
        figures=figures,
        figure=figure,
        metric=metric,
        formula_in_numbers=_in_numbers(figure, contributions) if values is None else "",
        parts=tuple(by_code[part] for part in dict.fromkeys(formula_codes(metric, by_code)) if part != metric.code),
        models=tuple(models),
        edges=tuple(dict.fromkeys(edges)),
        loads=tuple(lineage.loads(upstream)),
        values=values,
        contributions=contributions,
        same_as=metric.same_as if home == declared.name else None,
    )


def _twin(metric: Metric, home_regime: str | None) -> Metric:
    """For an operating figure the equal figure of the home regime, which has the rows; for any other metric the metric itself."""
    if metric.model is not None or metric.has_rows or home_regime is None:
        return metric
    return next((other for other in load_metrics(home_regime) if other.same_as == metric.code and other.has_rows), metric)


def _unit(connection: duckdb.DuckDBPyConnection, metric: Metric) -> tuple[str, bool]:
    """The unit of a figure in the snapshot (money in the snapshot's currency), and whether the source supplies what it needs."""
    row = connection.execute(
        sql_of("reports.figures", "unit_of_figure"),
        [metric.code],
    ).fetchone()
    return (metric.unit, True) if row is None else (str(row[0]), bool(row[1]))


def row_source(metric: Metric, declared: FigureSource) -> Metric | None:
    """The metric whose rows make `metric` up: itself, or for a ratio of two figures the one in the numerator."""
    if metric.has_rows:
        return metric
    if metric.values is not None or (metric.model is not None and not metric.divides_figures):
        return None
    others = {other.code: other for other in load_metrics(declared.name) if other.code != metric.code}
    named = [others[code] for code in formula_codes(metric, others)]
    return named[0] if named and named[0].has_rows else None


def figure_models(metric: Metric, declared: FigureSource) -> list[str]:
    """Models whose rows make up a figure: its own and those of the figures in its formula.

    Lineage begins at these models and not at the table of all figures, which depends on everything. Only for a figure
    without rows it begins at that table.
    """
    metrics = {other.code: other for other in load_metrics(declared.name)}
    parts = [metric, *(metrics[code] for code in formula_codes(metric, metrics))]
    return list(dict.fromkeys(model for part in parts if (model := _begins_at(part)) is not None)) or [declared.figures_table]


def _begins_at(metric: Metric) -> str | None:
    """The model at which a figure's lineage begins; None for a figure made only of the figures in its formula."""
    if metric.values is not None or metric.row_source is None:
        return None if metric.divides_figures else metric.model
    return metric.row_source.model


def formula_codes(metric: Metric, codes: Mapping[str, Any]) -> list[str]:
    """Those of `codes` that the formula names, in full or without the prefix that all codes of the set share."""
    return [full for short in _CODE.findall(metric.formula) if (full := _full(short, metric)) in codes]


def _full(code: str, metric: Metric) -> str:
    return code if "-" in code else f"{metric.code.rpartition('-')[0]}-{code}"


def _in_numbers(figure: Figure, rows: RowsBehind | None) -> str:
    """The division with its numbers; for a plain figure the sum of its rows, written out when they are few."""
    result = f"{figure.record()['value'] or NO_VALUE} {figure.unit}"
    if figure.numerator is None or figure.denominator is None:
        if rows is None or not rows.rows:
            return f"= {result}"
        terms = (
            " + ".join(str(exact_text(row[-1])) for row in rows.rows) if len(rows.rows) <= _WRITTEN_OUT else f"Σ of {len(rows.rows):,} rows"
        )
        return f"= {terms} = {result}"
    scale = "100 × " if figure.unit == "%" else ""
    return f"= {scale}{exact_text(figure.numerator)} ÷ {exact_text(figure.denominator)} = {result}"

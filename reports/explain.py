"""Explains one figure: its words, its formula with the numbers in it, its lineage, and the rows that make it up.

The rows come from the model that the catalogue names for the figure, and they add up to it exactly or the explanation
says that they do not. Nothing is computed here that the warehouse could compute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import Metric, load_metrics
from glassbook.errors import InputError
from glassbook.money import round_half_up
from glassbook.snapshots import Snapshot, connect
from reports.cells import NO_VALUE, exact_text
from reports.figure_sets import HOUSE_SETS, FigureSource
from reports.figures import Figure, FigureSet, read_figures
from reports.lineage import Lineage, Load

if TYPE_CHECKING:
    import duckdb

# Numerators are kept to eight decimals; rows are read with more, so their sum is brought to the same places to compare.
NUMERATOR_DECIMALS = 8
# Terms of a sum that a reader can still check by eye.
_WRITTEN_OUT = 6
_CODE = re.compile(r"\b(?:[A-Z]{2,}-)?[A-Z]\d{2}\b")


@dataclass(frozen=True)
class Contributions:
    """The rows behind a figure: key columns and, last, what each row adds."""

    of_code: str
    model: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: Decimal
    expected: Decimal | None

    @property
    def adds_up(self) -> bool:
        """Whether the rows add up to the figure (its numerator for a ratio)."""
        return adds_up(len(self.rows), self.total, self.expected)


@dataclass(frozen=True)
class RowSum:
    """How many rows are behind a figure, and their sum."""

    rows: int
    total: Decimal


@dataclass(frozen=True)
class Explanation:
    """All there is to say about one figure on one day."""

    figures: FigureSet
    figure: Figure
    metric: Metric
    formula_in_numbers: str
    parts: tuple[Figure, ...]
    """Figures that the formula names. With a reading of the law other than the usual one, not all of them are in the division."""
    models: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    loads: tuple[Load, ...]
    contributions: Contributions | None
    same_as: str | None
    """The operating figure that this one is; None where the snapshot's operating figures take the readings of another regime."""


def find_metric(source: FigureSource, code: str) -> Metric:
    """The catalogue entry of `code`. Raises InputError that names the nearest codes."""
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
        remedy=f"{of_set if source.name in HOUSE_SETS else of_regime} lists them all.",
    )


def explain(snapshot: Snapshot, declared: FigureSource, code: str, as_of: date) -> Explanation:
    """The explanation of figure `code` on `as_of`. Raises InputError for a code or a day that is not there."""
    metric = find_metric(declared, code)
    figures = read_figures(snapshot, declared, as_of)
    by_code = figures.by_code()
    if metric.code not in by_code and metric.model is not None:
        raise InputError(
            found=f"no single figure {metric.code} on {as_of}",
            where=f"{declared.figures_table} of snapshot {snapshot.snapshot_id}",
            expected=f"a figure of the whole; this one is told by {', '.join(metric.key) or 'row'}",
            remedy=f"Read the relation {metric.model} of the snapshot, or its page of `glassbook serve --internal`.",
        )
    if metric.code not in by_code:
        raise InputError(
            found=f"no row for {metric.code}",
            where=f"{declared.figures_table} of snapshot {snapshot.snapshot_id}",
            expected="a row for every figure of the catalogue",
            remedy="Build the snapshot again with this version of the models.",
        )
    home = (snapshot.manifest.get("parameters") or {}).get("home_regime")
    source = row_source(_twin(metric, home), declared)
    with connect(snapshot.database) as connection:
        lineage = Lineage(connection)
        models = figure_models(metric, declared)
        upstream = lineage.upstream(models)
        contributions = None
        if source is not None:
            contributions = read_contributions(connection, source, by_code.get(source.code, by_code[metric.code]), as_of)
    edges = tuple((model, parent) for model in [*models, *upstream] for parent in lineage.parents(model))
    return Explanation(
        figures=figures,
        figure=by_code[metric.code],
        metric=metric,
        formula_in_numbers=_in_numbers(by_code[metric.code], contributions),
        parts=tuple(by_code[part] for part in dict.fromkeys(formula_codes(metric, by_code)) if part != metric.code),
        models=tuple(models),
        edges=tuple(dict.fromkeys(edges)),
        loads=tuple(lineage.loads(upstream)),
        contributions=contributions,
        same_as=metric.same_as if home == declared.name else None,
    )


def _twin(metric: Metric, home_regime: str | None) -> Metric:
    """An operating figure has the rows of the home regime's figure that is the same; any other metric is its own."""
    if metric.model is not None or home_regime is None:
        return metric
    return next((other for other in load_metrics(home_regime) if other.same_as == metric.code and other.has_rows), metric)


def row_source(metric: Metric, declared: FigureSource) -> Metric | None:
    """The metric whose rows make `metric` up: itself, or for a ratio of two figures the one in the numerator."""
    if metric.model is not None:
        return metric if metric.has_rows else None
    others = {other.code: other for other in load_metrics(declared.name) if other.code != metric.code}
    named = [others[code] for code in formula_codes(metric, others)]
    return named[0] if named and named[0].has_rows else None


def figure_models(metric: Metric, declared: FigureSource) -> list[str]:
    """Models whose rows a figure is made of: its own and those of the figures in its formula.

    Lineage begins there and not at the table of all figures, above which is everything. That table stands in for a figure
    without rows.
    """
    metrics = {other.code: other for other in load_metrics(declared.name)}
    parts = [metric, *(metrics[code] for code in formula_codes(metric, metrics))]
    return list(dict.fromkeys(part.model for part in parts if part.model is not None)) or [declared.figures_table]


def read_contributions(connection: duckdb.DuckDBPyConnection, metric: Metric, figure: Figure, as_of: date) -> Contributions:
    """The rows behind `figure`, largest first; the model is a table function of the as-of date named by the catalogue."""
    keys = ", ".join(metric.key)
    relation = _relation(metric)
    rows = connection.execute(
        f"""
        select {", ".join([*metric.key, f"cast({metric.column} as decimal(38, 12)) as contribution"])}
        from {relation} where cast({metric.column} as decimal(38, 12)) <> 0
        order by abs(contribution) desc{", " + keys if keys else ""}
        """,
        {"as_of": as_of},
    ).fetchall()
    total = row_sums(connection, [metric], as_of)[metric.code].total
    return Contributions(metric.code, str(metric.model), (*metric.key, column_name(metric)), rows, total, figure.summed)


def row_sums(connection: duckdb.DuckDBPyConnection, metrics: Sequence[Metric], as_of: date) -> dict[str, RowSum]:
    """Of each metric that has rows, how many and their sum; a model is gone through once, whatever the number of its metrics."""
    by_relation: dict[str, list[Metric]] = {}
    for metric in metrics:
        if metric.model is not None:
            by_relation.setdefault(_relation(metric), []).append(metric)
    found: dict[str, RowSum] = {}
    for relation, its_own in by_relation.items():
        amounts = [f"cast({metric.column} as decimal(38, 12))" for metric in its_own]
        wanted = ", ".join(f"count(*) filter (where {amount} <> 0), coalesce(sum({amount}), 0)" for amount in amounts)
        row = connection.execute(f"select {wanted} from {relation}", {"as_of": as_of}).fetchone()
        assert row is not None  # an aggregate always returns a row
        found |= {metric.code: RowSum(*row[2 * place : 2 * place + 2]) for place, metric in enumerate(its_own)}
    return found


def _relation(metric: Metric) -> str:
    """The rows behind a figure of the day `$as_of`."""
    if metric.day_column is None:
        return f"{metric.model}(cast($as_of as date))"
    day = "cast($as_of as date)"
    of_month = f"{metric.day_column} between date_trunc('month', {day}) and {day}"
    return f"(select * from {metric.model} where {of_month} and {metric.condition or 'true'})"


def adds_up(rows: int, total: Decimal, expected: Decimal | None) -> bool:
    """Whether rows add up to what is summed in a figure; nothing is behind one that has no value."""
    return not rows if expected is None else round_half_up(total, NUMERATOR_DECIMALS) == expected


def column_name(metric: Metric) -> str:
    """What the rows' contributions are called."""
    return metric.column if metric.column and metric.column.isidentifier() else "contribution"


def formula_codes(metric: Metric, codes: Mapping[str, Any]) -> list[str]:
    """Codes of `codes` that the formula names, in full or without the prefix that all codes of the set share."""
    return [full for short in _CODE.findall(metric.formula) if (full := _full(short, metric)) in codes]


def _full(code: str, metric: Metric) -> str:
    return code if "-" in code else f"{metric.code.rpartition('-')[0]}-{code}"


def _in_numbers(figure: Figure, rows: Contributions | None) -> str:
    """The division that was made, with its numbers; a plain figure is the sum of its rows, written out while they are few."""
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

"""A comparison as documents: JSON with everything, CSV with one line per loan; both are the annex of a filing that replaces another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from reports.present.cells import csv_text, exact_text
from reports.restating.comparison import ChangedFigure, ChangedRow, Comparison

ANNEX_JSON, ANNEX_CSV = "restatement.json", "restatement.csv"
CSV_HEADER = (
    *("code", "name_zh", "name_en", "unit", "value_before", "value_after", "difference", "causes", "rows_of", "key"),
    *("contribution_before", "contribution_after", "contribution_difference", "row_causes", "through_others", "evidence"),
)


def annex(comparison: Comparison) -> dict[str, bytes]:
    """The files that go into the package of the later version."""
    return {ANNEX_JSON: as_json(comparison).encode(), ANNEX_CSV: b"\xef\xbb\xbf" + as_csv(comparison).encode()}


def as_json(comparison: Comparison) -> str:
    """Everything; numbers are strings so that no reader rounds them."""
    return json.dumps(document(comparison), ensure_ascii=False, indent=2) + "\n"


def document(comparison: Comparison) -> dict[str, Any]:
    """The document of restatement.json."""
    return {
        "regime": comparison.regime,
        "as_of": comparison.as_of.isoformat(),
        "before": dict(comparison.before.facts),
        "after": dict(comparison.after.facts),
        "conditions": [condition.record() for condition in comparison.conditions],
        "causes": list(comparison.causes),
        "doubts": list(comparison.doubts),
        "changed": [_figure(figure) for figure in comparison.figures],
        "unchanged": list(comparison.unchanged),
        "evidence": [row.record() for row in comparison.evidence],
    }


def _figure(figure: ChangedFigure) -> dict[str, Any]:
    metric = figure.metric
    return {
        "code": figure.code,
        "name_zh": None if metric is None else metric.name_zh,
        "name_en": None if metric is None else metric.name_en,
        "before": figure.before,
        "after": figure.after,
        "difference": _text(figure.difference),
        "causes": list(figure.causes),
        "may_also": list(figure.may_also),
        "note_only": figure.is_note_only,
        "parts": list(figure.parts),
        "rows_of": figure.of_code,
        "adds_up": figure.adds_up,
        "rows": [_row(figure, row) for row in figure.rows],
    }


def _row(figure: ChangedFigure, row: ChangedRow) -> dict[str, Any]:
    return {
        "key": dict(zip(figure.key_columns, row.moved.key, strict=True)),
        "before": exact_text(row.moved.before),
        "after": exact_text(row.moved.after),
        "difference": exact_text(row.moved.difference),
        "causes": list(row.causes),
        "through_others": row.is_through_others,
        "evidence": list(row.evidence),
    }


def as_csv(comparison: Comparison) -> str:
    """One line per loan (or other key) behind each changed figure; a figure without its own rows has one line."""
    return csv_text(CSV_HEADER, _lines(comparison))


def _lines(comparison: Comparison) -> Iterator[list[object]]:
    told = {row.number: row for row in comparison.evidence}
    for figure in comparison.figures:
        head = _head(figure)
        for row in figure.rows:
            evidence = "; ".join(row_words(told[number].record()) for number in row.evidence)
            key = "; ".join(f"{name} {value}" for name, value in zip(figure.key_columns, row.moved.key, strict=True))
            moved = row.moved
            numbers = [_number(exact_text(value)) for value in (moved.before, moved.after, moved.difference)]
            through = "yes" if row.is_through_others else "no"
            yield [*head, figure.of_code, key, *numbers, ", ".join(row.causes), through, evidence]
        if not figure.rows:
            yield [*head, *[None] * (len(CSV_HEADER) - len(head))]


def _head(figure: ChangedFigure) -> list[object]:
    metric, either = figure.metric, figure.after or figure.before or {}
    values = [_number(record["value"]) if record else None for record in (figure.before, figure.after)]
    names = ["", ""] if metric is None else [metric.name_zh, metric.name_en]
    return [figure.code, *names, either.get("unit"), *values, figure.difference, ", ".join(figure.causes)]


def row_words(row: dict[str, Any]) -> str:
    """One row of evidence in words: repayments repayment_id 7 new, of 2019-12-20, load 2 at …: principal — → 100.00."""
    key = ", ".join(f"{name} {value}" for name, value in row["key"].items())
    dated = f", of {row['dated_on']}" if row["dated_on"] else ""
    load = f", load {row['load_seq']} at {row['loaded_at']}" if row["load_seq"] else ""
    changes = ", ".join(f"{n} {c['before'] or '—'} → {c['after'] or '—'}" for n, c in row["changes"].items())
    return f"{row['table']} {key} {row['how']}{dated}{load}" + (f": {changes}" if changes else "")


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _number(text: str | None) -> Decimal | None:
    # Numbers are passed on as numbers, so that a minus is not taken for a formula.
    return None if text is None else Decimal(text)

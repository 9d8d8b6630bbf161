"""Prints an explanation: for people in Chinese and English, as CSV of the rows alone, or whole as JSON."""

from __future__ import annotations

import json
from decimal import Decimal

from reports.cells import NO_VALUE, csv_text, exact_text, grouped, neutralise
from reports.explain import Contributions, Explanation


def as_json(explanation: Explanation) -> str:
    """Everything, with every row; numbers are strings so that no reader rounds them."""
    metric, figures = explanation.metric, explanation.figures
    rows = explanation.contributions
    document = {
        figures.kind: figures.name,
        "as_of": figures.as_of.isoformat(),
        "known_at": figures.known_at,
        "snapshot": figures.snapshot_id,
        "figure": explanation.figure.record(),
        "name_zh": metric.name_zh,
        "name_en": metric.name_en,
        "definition_zh": metric.definition_zh,
        "definition_en": metric.definition_en,
        "formula": metric.formula,
        "formula_in_numbers": explanation.formula_in_numbers,
        "parts": [part.record() for part in explanation.parts],
        "basis": metric.basis,
        "same_as": explanation.same_as,
        "lineage": [{"model": model, "depends_on": parent} for model, parent in explanation.edges],
        "loads": [vars(load) | {"tables": list(load.tables)} for load in explanation.loads],
        "rows": None if rows is None else _rows_record(rows),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rows_record(rows: Contributions) -> dict[str, object]:
    return {
        "of": rows.of_code,
        "model": rows.model,
        "columns": list(rows.columns),
        "rows": [[*map(_plain, row[:-1]), exact_text(row[-1])] for row in rows.rows],
        "total": exact_text(rows.total),
        "expected": exact_text(rows.expected),
        "adds_up": rows.adds_up,
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int) else str(value)


def as_csv(explanation: Explanation) -> str:
    """The rows alone, key columns and contribution; a header only for a figure without rows of its own."""
    rows = explanation.contributions
    if rows is None:
        return csv_text(["contribution"], [])
    body = ([*map(_plain, row[:-1]), _Number(exact_text(row[-1]) or "")] for row in rows.rows)
    return csv_text(rows.columns, body)


class _Number:
    # Text of an exact number: csv writes it as it is, and it is no text that a spreadsheet could run.
    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def as_text(explanation: Explanation, limit: int) -> str:
    """For people; at most `limit` rows, the largest first, and how many more there are."""
    metric, figures, figure = explanation.metric, explanation.figures, explanation.figure
    lines = [
        f"{metric.code}  {metric.name_zh}  {metric.name_en}",
        f"{grouped(figure.value, figure.decimals)} {figure.unit}   as of {figures.as_of}, known at {figures.known_at}",
        f"snapshot {figures.snapshot_id}",
        *([f"note      {figure.note}"] if figure.note else []),
        "",
        f"定义      {metric.definition_zh}",
        f"definition  {metric.definition_en}",
        f"formula   {metric.formula}",
        f"          {explanation.formula_in_numbers}",
        *(f"          {part.code} = {part.record()['value'] or NO_VALUE} {part.unit}" for part in explanation.parts),
        f"basis     {metric.basis}",
        *([f"same as   {explanation.same_as} of the operating figures"] if explanation.same_as else []),
        "",
        "lineage",
        *_lineage_lines(explanation),
        "",
        "loads",
        *(
            [
                f"  {load.load_seq:>4}  {load.loaded_at}  {load.rows_new:>12,} new rows  {', '.join(load.tables)}"
                for load in explanation.loads
            ]
            or ["  none"]
        ),
        "",
        *_row_lines(explanation, limit),
    ]
    return "\n".join(lines) + "\n"


def _lineage_lines(explanation: Explanation) -> list[str]:
    """The models, each once, with what it reads directly."""
    parents: dict[str, list[str]] = {model: [] for model in explanation.models}
    for model, parent in explanation.edges:
        parents.setdefault(model, []).append(parent)
    return [f"  {model}  ←  {', '.join(names) or '(a source)'}" for model, names in parents.items()]


def _row_lines(explanation: Explanation, limit: int) -> list[str]:
    rows = explanation.contributions
    if rows is None:
        return ["rows      none of its own: see the figures that its formula names"]
    listed = rows.rows[:limit]
    places = max(_places(row[-1]) for row in [*listed, (rows.total,)])
    shown = [[*(neutralise(str(value)) for value in row[:-1]), grouped(row[-1], places)] for row in listed]
    table = [list(rows.columns), *shown, [""] * (len(rows.columns) - 1) + [grouped(rows.total, places)]]
    widths = [max(len(line[i]) for line in table) for i in range(len(rows.columns))]
    text = ["  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in table]
    more = len(rows.rows) - len(shown)
    named = "its numerator" if explanation.figure.numerator is not None else "which is the same"
    of = "" if rows.of_code == explanation.metric.code else f" of {rows.of_code}, {named}"
    verdict = "adds up to the figure exactly" if rows.adds_up else f"DOES NOT ADD UP to {exact_text(rows.expected)}"
    return [
        f"rows{of}: {len(rows.rows):,} of {rows.model}; their sum {verdict}",
        *text[:-1],
        *([f"  … {more:,} more (--format csv writes them all)"] if more else []),
        text[-1] + "  = sum of all rows",
    ]


def _places(value: Decimal) -> int:
    return len((exact_text(value) or "").partition(".")[2])

"""Prints an explanation: for people in Chinese and English, as CSV with only the rows, or as JSON with everything."""

from __future__ import annotations

import json
from decimal import Decimal

from reports.figures.explain import Explanation
from reports.figures.rows import RowsBehind
from reports.figures.values import NOT_SUPPLIED, ToldValues
from reports.present.cells import NO_VALUE, csv_text, exact_text, grouped, neutralise


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
        "values": None if explanation.values is None else _values_record(explanation.values),
        "rows": None if rows is None else _rows_record(rows),
        **dict(zip(("no_rows_zh", "no_rows_en"), _no_rows(explanation), strict=True)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rows_record(rows: RowsBehind) -> dict[str, object]:
    return {
        "of": rows.of_code,
        "model": rows.model,
        "columns": list(rows.columns),
        "rows": [[*map(_plain, row[:-1]), exact_text(row[-1])] for row in rows.rows],
        "total": exact_text(rows.total),
        "expected": exact_text(rows.expected),
        "denominator": exact_text(rows.denominator),
        "expected_denominator": exact_text(rows.expected_denominator),
        "adds_up": rows.adds_up,
    }


def _values_record(values: ToldValues) -> dict[str, object]:
    return {
        "model": values.model,
        "of_day": values.of_day,
        "columns": list(values.columns),
        "rows": [[*map(_plain, row)] for row in values.rows],
        "query": values.query,
    }


def _no_rows(explanation: Explanation) -> tuple[str | None, str | None]:
    """Why there are no rows, in Chinese and English; None where there are rows."""
    if explanation.contributions is not None:
        return None, None
    if explanation.figure.note == NOT_SUPPLIED:
        return "未提供", NOT_SUPPLIED
    metric = explanation.metric
    if metric.no_rows_en is not None:
        return metric.no_rows_zh, metric.no_rows_en
    return "见公式所列指标", "none of its own: see the figures that its formula names"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return exact_text(value)
    return value if value is None or isinstance(value, str | int) else str(value)


def as_csv(explanation: Explanation) -> str:
    """Only the rows: key columns and contribution; the values when no rows add up to them; only a header when there is neither."""
    rows, values = explanation.contributions, explanation.values
    if rows is not None:
        return csv_text(rows.columns, ([*map(_cell, row)] for row in rows.rows))
    if values is not None:
        return csv_text(values.columns, ([*map(_cell, row)] for row in values.rows))
    return csv_text(["contribution"], [])


def _cell(value: object) -> object:
    return _Number(exact_text(value) or "") if isinstance(value, Decimal) else _plain(value)


class _Number:
    # The text of an exact number: csv writes it unchanged, and no spreadsheet can run it as a formula.
    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def as_text(explanation: Explanation, limit: int) -> str:
    """For people; at most `limit` rows, the largest first, and how many more there are."""
    metric, figures, figure, values = explanation.metric, explanation.figures, explanation.figure, explanation.values
    value = f"{grouped(figure.value, figure.decimals)} {figure.unit}" if values is None else f"{len(values.rows):,} values, {figure.unit}"
    lines = [
        f"{metric.code}  {metric.name_zh}  {metric.name_en}",
        f"{value}   as of {figures.as_of}, known at {figures.known_at}",
        f"snapshot {figures.snapshot_id}",
        *([f"note      {figure.note}"] if figure.note else []),
        "",
        f"定义      {metric.definition_zh}",
        f"definition  {metric.definition_en}",
        f"formula   {metric.formula}",
        *([f"          {explanation.formula_in_numbers}"] if explanation.formula_in_numbers else []),
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
        *([] if values is None else [*_value_lines(values, limit), ""]),
        *_row_lines(explanation, limit),
    ]
    return "\n".join(lines) + "\n"


def _lineage_lines(explanation: Explanation) -> list[str]:
    """The models, each once, with what it reads directly."""
    parents: dict[str, list[str]] = {model: [] for model in explanation.models}
    for model, parent in explanation.edges:
        parents.setdefault(model, []).append(parent)
    return [f"  {model}  ←  {', '.join(names) or '(a source)'}" for model, names in parents.items()]


def _value_lines(values: ToldValues, limit: int) -> list[str]:
    """At most `limit` values by their key, and the query that returns all of them."""
    listed = values.rows[:limit]
    shown = [[_said(cell) for cell in row] for row in listed]
    more = len(values.rows) - len(shown)
    return [
        f"values: {len(values.rows):,} of {values.model}{f', {values.of_day}' if values.of_day else ''}",
        *_table([list(values.columns), *shown]),
        *([f"  … {more:,} more (--rows {len(values.rows)} shows them all)"] if more else []),
        f"query     {values.query}",
    ]


def _row_lines(explanation: Explanation, limit: int) -> list[str]:
    rows = explanation.contributions
    if rows is None:
        zh, en = _no_rows(explanation)
        return [f"明细      无：{zh}", f"rows      {en if str(en).startswith('none') else f'none: {en}'}"]
    listed = rows.rows[:limit]
    places = max(_places(row[-1]) for row in [*listed, (rows.total,)])
    has_base = rows.denominator is not None
    keys = len(rows.columns) - 1 - has_base
    shown = [[*map(_said, row[:-1]), grouped(row[-1], places)] for row in listed]
    sums = [*([""] * keys), *([_said(rows.denominator)] if has_base else []), grouped(rows.total, places)]
    text = _table([list(rows.columns), *shown, sums])
    more = len(rows.rows) - len(shown)
    named = "its numerator" if explanation.figure.numerator is not None else "which is the same"
    of = "" if rows.of_code == explanation.metric.code else f" of {rows.of_code}, {named}"
    return [
        f"rows{of}: {len(rows.rows):,} of {rows.model}; their sum {_verdict(explanation, rows)}",
        *text[:-1],
        *([f"  … {more:,} more (--format csv writes them all)"] if more else []),
        text[-1] + "  = sum of all rows",
    ]


def _verdict(explanation: Explanation, rows: RowsBehind) -> str:
    if rows.is_unknown:
        return "is that of what is known: the figure has no value"
    if not rows.adds_up:
        return f"DOES NOT ADD UP to {expected_of(rows)}"
    return f"adds up to the {'figure' if explanation.values is None else 'values'} exactly"


def sums_of(rows: RowsBehind) -> str:
    """The sum of the rows: for a ratio that of the numerator and, where rows have it, that of the denominator."""
    return _ratio(rows.total, rows.denominator)


def expected_of(rows: RowsBehind) -> str:
    """What the rows should add up to."""
    return _ratio(rows.expected, None if rows.denominator is None else rows.expected_denominator)


def _ratio(numerator: Decimal | None, denominator: Decimal | None) -> str:
    said = [str(exact_text(part) or NO_VALUE) for part in (numerator, denominator)]
    return said[0] if denominator is None else " over ".join(said)


def _table(lines: list[list[str]]) -> list[str]:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return ["  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]


def _said(value: object) -> str:
    """One cell for people: numbers with thousands separators, a dash for none, text without what a terminal or spreadsheet would run."""
    if value is None:
        return NO_VALUE
    return grouped(value, _places(value)) if isinstance(value, Decimal) else neutralise(str(value))


def _places(value: Decimal) -> int:
    return len((exact_text(value) or "").partition(".")[2])

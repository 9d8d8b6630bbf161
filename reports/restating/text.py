"""Formats comparisons and restatements for people. Does not: decide anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from glassbook.snapshots import Snapshot
from reports.present.cells import NO_VALUE, display_width, exact_text, neutralise
from reports.restating.annex import row_words
from reports.restating.comparison import ChangedFigure, Comparison
from reports.restating.sides import Side
from reports.restating.touched import FilingComparison

if TYPE_CHECKING:
    from reports.restating.reproduction import Reproduction


def comparison_text(comparison: Comparison, limit: int) -> str:
    """Each changed figure with its cause, and at most `limit` of the loans behind it."""
    lines = [f"before  {_side(comparison.before)}", f"after   {_side(comparison.after)}", ""]
    for condition in comparison.conditions:
        lines.append(f"{condition.kind:<13} {condition.name}: {condition.before or NO_VALUE} → {condition.after or NO_VALUE}")
    lines += [""] if comparison.conditions else []
    if not comparison.figures:
        return "\n".join([*lines, f"no figure changed: all {len(comparison.unchanged)} are the same"]) + "\n"
    lines += [f"{len(comparison.figures)} of {len(comparison.figures) + len(comparison.unchanged)} figures changed", ""]
    lines += _table(comparison.figures)
    evidence = {row.number: row.record() for row in comparison.evidence}
    for figure in comparison.figures:
        lines += ["", *_behind(figure, limit)]
    shown = {n for figure in comparison.figures for row in figure.rows[:limit] for n in row.evidence}
    if shown:
        lines += ["", "rows of the platform behind them"]
        lines += [f"  [{number}] {neutralise(row_words(evidence[number]))}  ({evidence[number]['cause']})" for number in sorted(shown)]
    return "\n".join(lines) + "\n"


def _side(side: Side) -> str:
    facts = side.facts
    name = "current snapshot" if facts["filing"] is None else f"{facts['filing']} v{facts['version']}"
    seal = f", seal {str(facts['seal'])[:12]}" if facts["seal"] else ""
    return f"{name}{seal}, snapshot {facts['snapshot']}, known at {facts['known_at']}"


def _table(figures: tuple[ChangedFigure, ...]) -> list[str]:
    rows = [["code", "指标 indicator", "before", "after", "difference", "cause"]]
    for figure in figures:
        name = "" if figure.metric is None else f"{figure.metric.name_zh} {figure.metric.name_en}"
        difference = NO_VALUE if figure.difference is None else f"{figure.difference:+,f}"
        rows.append([figure.code, name, _shown(figure.before), _shown(figure.after), difference, _causes(figure)])
    widths = [max(display_width(row[i]) for row in rows) for i in range(5)]
    return [
        "  ".join([*(_pad(cell, width, i in (2, 3, 4)) for i, (cell, width) in enumerate(zip(row[:5], widths, strict=True))), row[5]])
        for row in rows
    ]


def _pad(text: str, width: int, is_number: bool) -> str:
    space = " " * (width - display_width(text))
    return space + text if is_number else text + space


def _shown(record: dict[str, str | None] | None) -> str:
    value = None if record is None else record["value"]
    if value is None:
        return NO_VALUE
    whole, point, fraction = value.partition(".")
    return f"{int(whole):,}{point}{fraction}" if not value.startswith("-0") else value


def _causes(figure: ChangedFigure) -> str:
    told = ", ".join(figure.causes) or ("only its note" if figure.is_note_only else "")
    return told + (f" (and perhaps {', '.join(figure.may_also)}, which differ too)" if figure.may_also else "")


def _behind(figure: ChangedFigure, limit: int) -> Iterator[str]:
    of = "" if figure.of_code in (None, figure.code) else f", rows of {figure.of_code}"
    parts = f"; changes with {', '.join(figure.parts)}" if figure.parts else ""
    verdict = "" if figure.adds_up else "; THESE DO NOT ADD UP TO THE CHANGE"
    yield f"{figure.code}: {len(figure.rows):,} behind it{of}{parts}{verdict}"
    for row in figure.rows[:limit]:
        key = ", ".join(f"{name} {neutralise(value)}" for name, value in zip(figure.key_columns, row.moved.key, strict=True))
        numbers = "".join(f"[{number}]" for number in row.evidence)
        through = " through other rows of this figure" if row.is_through_others else ""
        values = f"{exact_text(row.moved.before)} → {exact_text(row.moved.after)}"
        yield f"  {key}: {values}  {', '.join(row.causes)}{through} {numbers}".rstrip()
    if len(figure.rows) > limit:
        yield f"  … {len(figure.rows) - limit:,} more (--format csv writes them all)"


def reproduction_text(found: Reproduction) -> str:
    """The result of making a filing again, figure by figure and file by file."""
    lines = [f"recomputed {found.filed.name} as known at {found.filed.head['known_at']}: snapshot {found.snapshot_id}"]
    if found.figures:
        lines.append(f"{len(found.figures)} of {found.figure_count} figures differ")
        lines += [f"  {code}: filed {filed or NO_VALUE}; recomputed {now or NO_VALUE}" for code, filed, now in found.figures]
    else:
        lines.append(f"all {found.figure_count} figures as filed")
    if found.files:
        lines.append(f"{len(found.files)} files differ: {', '.join(found.files)}")
        lines += [f"  {reason}" for reason in found.reasons]
    else:
        lines.append(f"all {found.file_count} files byte for byte as sealed")
    return "\n".join(lines) + "\n"


def standings_text(snapshot: Snapshot, found: Sequence[FilingComparison]) -> str:
    """Every filing of a home, and which of them differ from what is known now."""
    lines = [f"current snapshot {snapshot.snapshot_id}, known at {snapshot.manifest['known_at']}", ""]
    for standing in found:
        draft = f" ({standing.state or 'draft'})" if standing.state or standing.is_draft else ""
        if standing.problem is not None:
            lines.append(f"{standing.filing}: cannot be compared: {standing.problem}")
            continue
        verdict = f"{len(standing.changed)} figures changed since" if standing.is_touched else "says what is known"
        lines.append(f"{standing.filing} v{standing.version}{draft}, known at {standing.known_at}: {verdict}")
        lines += [f"  {code}: {filed or NO_VALUE} → {now or NO_VALUE}" for code, filed, now in standing.changed]
        lines += [f"  why: glassbook compare {standing.package}"] if standing.is_touched else []
    return "\n".join(lines if found else [*lines, "no filing in the home"]) + "\n"


def standings_json(snapshot: Snapshot, found: Sequence[FilingComparison]) -> str:
    """The same as JSON."""
    told = {"snapshot": snapshot.snapshot_id, "known_at": snapshot.manifest["known_at"]}
    return json.dumps(told | {"filings": [standing.record() for standing in found]}, ensure_ascii=False, indent=2) + "\n"

"""The share of a month's conversions that would be lost without each channel: exact removal effects of a first-order Markov chain.

Belongs here: the one step of attribution that SQL cannot do exactly, as a function that a model calls on any engine. Does not:
which sessions make the paths, and what the effects are used for (`fct_conversion_credits`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

NAME = "removal_effects"
START, CONVERTED, LOST = "(start)", "(converted)", "(lost)"
"""States that are not channels: no channel's name has parentheses."""
UNITS = 10**15
"""An effect of 1: every conversion of the month went through the channel."""

_STEPS = "struct(origin varchar, target varchar, steps_count bigint)[]"
_EFFECTS = "struct(channel varchar, effect bigint)[]"

Step = Mapping[str, Any]


def define_python_steps(connection: duckdb.DuckDBPyConnection) -> None:
    """Lets models call `removal_effects(steps)` on every connection to the database that is open here, while it is open."""
    if not connection.execute("select 1 from duckdb_functions() where function_name = ?", [NAME]).fetchall():
        connection.create_function(NAME, removal_effects, [_STEPS], _EFFECTS)  # type: ignore[list-item, arg-type]


def removal_effects(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The effect of each channel in units of 10^-15, rounded half up; 0 for all where nothing converted.

    A step says how often paths went from `origin` to `target`. Every channel leads to `(converted)` or `(lost)` in the end; a removed
    channel leads to `(lost)` at once. Let A be the steps out of each channel less those into other channels, adj its adjugate, s the
    starts and r the conversions: adj·r converts from a channel, s·adj ÷ its own place in adj reaches it, and the determinant cancels out.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for step in steps:
        # A second visit by the same channel changes nothing.
        if step["origin"] != step["target"]:
            counts[step["origin"], step["target"]] += step["steps_count"]
    channels = sorted({name for pair in counts for name in pair} - {START, CONVERTED, LOST})
    leaving: defaultdict[str, int] = defaultdict(int)
    for (origin, _), count in counts.items():
        leaving[origin] += count
    inverse = _adjugate([[leaving[one] if one == other else -counts[one, other] for other in channels] for one in channels])
    places = range(len(channels))
    converting = [sum(inverse[i][j] * counts[channels[j], CONVERTED] for j in places) for i in places]
    coming = [sum(counts[START, channels[i]] * inverse[i][j] for i in places) for j in places]
    whole = sum(counts[START, channels[i]] * converting[i] for i in places)
    return [{"channel": channels[i], "effect": _rounded(coming[i] * converting[i], inverse[i][i] * whole) if whole else 0} for i in places]


def _rounded(part: int, whole: int) -> int:
    """part ÷ whole in units of 10^-15, rounded half up; neither is negative."""
    return (2 * part * UNITS + whole) // (2 * whole)


def _adjugate(matrix: list[list[int]]) -> list[list[int]]:
    """The inverse times the determinant, by elimination among whole numbers (Bareiss). No pivot is 0 where each row has a way out.

    Of the matrix and the unit matrix beside it, only as many columns as the matrix has are not trivial at any step: the inverse grows in
    the place of the columns that are eliminated.
    """
    size = len(matrix)
    rows = [list(row) for row in matrix]
    before = 1
    for place in range(size):
        pivot_row = rows[place]
        pivot = pivot_row[place]
        for i, row in enumerate(rows):
            if i != place:
                factor = row[place]
                rows[i] = [(pivot * value - factor * other) // before for value, other in zip(row, pivot_row, strict=True)]
                rows[i][place] = -factor
        pivot_row[place] = before
        before = pivot
    return rows

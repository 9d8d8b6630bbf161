"""The removal effect of each channel over the paths of a month, exactly: a first-order chain from start to converted or lost.

Belongs here: the chain and its linear equations in fractions. Does not: which paths there are (`marketing_attribution`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

START, CONVERTED, LOST = "(start)", "(converted)", "(lost)"
Transitions = dict[str, dict[str, int]]


def removal_effects(converted: Iterable[Sequence[str]], lost: Iterable[Sequence[str]]) -> dict[str, Fraction]:
    """Channel → the share of conversions that would be lost without it: a visitor who would come to it is lost instead."""
    steps = transitions(converted, lost)
    whole = probability(steps)
    if whole == 0:
        return {}
    return {channel: 1 - probability(steps, without=channel) / whole for channel in steps if channel != START}


def transitions(converted: Iterable[Sequence[str]], lost: Iterable[Sequence[str]]) -> Transitions:
    """How often each state was followed by each other."""
    steps: Transitions = defaultdict(lambda: defaultdict(int))
    for end, paths in ((CONVERTED, converted), (LOST, lost)):
        for path in paths:
            for state, after in zip([START, *path], [*path, end], strict=True):
                steps[state][after] += 1
    return steps


def probability(steps: Transitions, without: str | None = None) -> Fraction:
    """The probability to convert from the start; `without` is a channel that leads to nothing."""
    states = [state for state in steps if state not in (START, without)]
    index = {state: n for n, state in enumerate(states)}
    # One equation per state: out · x − Σ count(state → other) · x(other) = count(state → converted), in whole numbers.
    rows = []
    for state in states:
        out = sum(steps[state].values())
        row = [out * (other == state) - steps[state].get(other, 0) for other in states]
        rows.append([*row, steps[state].get(CONVERTED, 0)])
    solution = solved(rows)
    out = sum(steps[START].values()) if START in steps else 0
    if out == 0:
        return Fraction(0)
    reached = sum((Fraction(count, out) * solution[index[state]] for state, count in steps[START].items() if state in index), Fraction(0))
    return reached + Fraction(steps[START].get(CONVERTED, 0), out)


def solved(rows: list[list[int]]) -> list[Fraction]:
    """The solution of solvable linear equations in whole numbers, the right side last in each row.

    By elimination without fractions (Bareiss): every division on the way is exact.
    """
    rows = [list(row) for row in rows]
    divisor = 1
    for at in range(len(rows)):
        chosen = next(n for n in range(at, len(rows)) if rows[n][at] != 0)
        rows[at], rows[chosen] = rows[chosen], rows[at]
        top = rows[at]
        for other, row in enumerate(rows):
            if other != at:
                rows[other] = [(top[at] * value - row[at] * above) // divisor for value, above in zip(row, top, strict=True)]
        divisor = top[at]
    return [Fraction(row[-1], row[at]) for at, row in enumerate(rows)]

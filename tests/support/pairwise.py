"""Choices of which every two values of two kinds come together at least once: few cases that find what pairs of circumstances break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product


def pairwise(kinds: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """A short list of cases, always the same for the same kinds. Greedy: each case covers as many pairs as any that is left."""
    names = list(kinds)
    cases = [dict(zip(names, values, strict=True)) for values in product(*kinds.values())]
    left = {pair for case in cases for pair in _pairs(case)}
    chosen = []
    while left:
        best = max(cases, key=lambda case: len(_pairs(case) & left))
        chosen.append(best)
        left -= _pairs(best)
    return chosen


def _pairs(case: Mapping[str, str]) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    return set(combinations(case.items(), 2))

"""Lists of combinations in which every pair of values of two axes occurs at least once. Does not: know what the values mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product

Combination = dict[str, str]


def whole(axes: Mapping[str, Sequence[str]], exists: Callable[[Combination], bool]) -> list[Combination]:
    """Every combination that exists."""
    return [one for values in product(*axes.values()) if exists(one := dict(zip(axes, values, strict=True)))]


def pairwise(axes: Mapping[str, Sequence[str]], exists: Callable[[Combination], bool]) -> list[Combination]:
    """A short list of these with every pair of values of two axes that occurs in any of them. It is always the same list."""
    pending = whole(axes, exists)
    missing = {pair for one in pending for pair in pairs(one)}
    chosen = []
    # Most pairs still missing first: it never beats the largest product of two axes, and comes near it.
    most = len(list(combinations(axes, 2)))
    while missing:
        best = max(pending, key=lambda one: len(missing & pairs(one)))
        gain = len(missing & pairs(best))
        assert 0 < gain <= most
        chosen.append(best)
        missing -= pairs(best)
    return chosen


def pairs(one: Combination) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """The pairs of values in a combination."""
    return set(combinations(one.items(), 2))

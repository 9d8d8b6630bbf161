"""Removal effects of a chain: what is lost without a channel, worked out by hand, and by following the chain with fractions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.decay_factors import SEED, written
from warehouse.removal_effects import CONVERTED, LOST, START, UNITS, define_python_steps, removal_effects

Path = tuple[tuple[str, ...], bool]


def steps_of(paths: list[Path]) -> list[dict[str, object]]:
    """The steps of paths, each of its channels and of whether it converted."""
    counts: Counter[tuple[str, str]] = Counter()
    for channels, converted in paths:
        counts.update(pairwise((START, *channels, CONVERTED if converted else LOST)))
    return [{"origin": origin, "target": target, "steps_count": count} for (origin, target), count in counts.items()]


def effects_of(paths: list[Path]) -> dict[str, int]:
    """Effects by channel, in units of 10^-15."""
    return {found["channel"]: found["effect"] for found in removal_effects(steps_of(paths))}


def converting(steps: list[dict[str, object]], removed: str | None) -> Fraction:
    """Probability to convert where `removed` leads to nothing: the channels' equations, solved by putting one into the others."""
    states = sorted({str(step["origin"]) for step in steps} - {removed})
    chance: dict[str, dict[str, Fraction]] = {}
    for state in states:
        whole = sum(int(str(step["steps_count"])) for step in steps if step["origin"] == state)
        chance[state] = {str(s["target"]): Fraction(int(str(s["steps_count"])), whole) for s in steps if s["origin"] == state}
    for state in states:
        if state == START:
            continue
        own = chance.pop(state)
        stays = own.pop(state, Fraction(0))
        for other in chance.values():
            into = other.pop(state, Fraction(0))
            for target, part in own.items():
                other[target] = other.get(target, Fraction(0)) + into * part / (1 - stays)
    return chance[START].get(CONVERTED, Fraction(0))


def test_effects_worked_out_by_hand() -> None:
    paths: list[Path] = [(("a",), True), (("b", "a"), True), (("b",), True), (("c",), False)]
    # 3/4 convert: a quarter begins at a, half at b, of which half goes on to a. Without a the other half of b remains; without b only a.
    assert effects_of(paths) == {"a": 2 * UNITS // 3 + 1, "b": 2 * UNITS // 3 + 1, "c": 0}


def test_whoever_comes_again_by_the_same_channel_is_where_they_were() -> None:
    assert effects_of([(("a", "a", "b"), True), (("b", "b"), False)]) == effects_of([(("a", "b"), True), (("b",), False)])


def test_nothing_converted_has_no_effect() -> None:
    assert effects_of([(("a", "b"), False)]) == {"a": 0, "b": 0}
    assert removal_effects([]) == []


@given(st.lists(st.tuples(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=8).map(tuple), st.booleans()), min_size=1, max_size=25))
def test_an_effect_is_what_the_chain_loses(paths: list[Path]) -> None:
    found, steps = effects_of(paths), steps_of(paths)
    whole = converting(steps, None)
    assert set(found) == {channel for channels, _ in paths for channel in channels}
    for channel, effect in found.items():
        exact = 1 - converting(steps, channel) / whole if whole else Fraction(0)
        assert effect == int(exact * UNITS + Fraction(1, 2))


@given(st.permutations(steps_of([(("a", "b"), True), (("b", "c", "a"), False), (("c",), True)])))
def test_the_order_of_rows_is_nothing_to_it(steps: list[dict[str, object]]) -> None:
    assert removal_effects(steps) == removal_effects(sorted(steps, key=str))


def test_sql_calls_it_on_every_connection_to_the_database() -> None:
    with duckdb.connect() as connection:
        define_python_steps(connection)
        define_python_steps(connection)
        query = (
            "select unnest(removal_effects(list({'origin': origin, 'target': target, 'steps_count': 1::bigint})), recursive := true) from "
        )
        query += f"(values ('{START}', 'a'), ('a', 'b'), ('b', '{CONVERTED}')) as step (origin, target)"
        assert connection.cursor().execute(query).fetchall() == [("a", UNITS), ("b", UNITS)]


def test_an_origin_that_is_not_there_is_an_error_and_no_other_figure() -> None:
    with pytest.raises(KeyError):
        removal_effects([{"target": "a", "steps_count": 1}])


def test_the_seed_of_the_decay_is_what_the_script_writes() -> None:
    assert SEED.read_text(encoding="utf-8") == written()
    assert "hour,84,0.707106781186547524" in written() and "week,1,0.500000000000000000" in written()

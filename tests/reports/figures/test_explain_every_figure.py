"""Every figure of the house down to rows: they reproduce it, or it is said why there are none and which query holds it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner

from glassbook.catalogue import Metric, load_metrics
from glassbook.money import round_half_up
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from reports.commands.explain import explain as explain_command
from reports.figures import explain_text
from reports.figures.explain import Explanation, explain
from reports.figures.sets import HOUSE_SETS, HouseSet

DAY = date(2019, 2, 28)
METRICS = [(name, metric) for name in HOUSE_SETS for metric in load_metrics(name)]
OF_THE_WHOLE = [(name, metric) for name, metric in METRICS if metric.values is None]
TOLD = [(name, metric) for name, metric in METRICS if metric.values is not None]
Explain = Callable[[str, Metric], Explanation]


def codes(metrics: list[tuple[str, Metric]]) -> list[str]:
    """Names of the cases."""
    return [metric.code for _, metric in metrics]


@pytest.fixture(scope="module")
def explained(small_snapshot: Snapshot) -> Explain:
    """The explanation of a figure on DAY, found once."""

    @cache
    def found(name: str, code: str) -> Explanation:
        return explain(small_snapshot, HouseSet(name), code, DAY)

    return lambda name, metric: found(name, metric.code)


def added(rows: list[tuple[Any, ...]], place: int) -> Fraction:
    """What rows add up to, by their cells and not by what is said of them."""
    return sum((Fraction(row[place]) for row in rows), Fraction(0))


@pytest.mark.parametrize(("name", "metric"), OF_THE_WHOLE, ids=codes(OF_THE_WHOLE))
def test_rows_reproduce_a_figure_of_the_whole(name: str, metric: Metric, explained: Explain) -> None:
    explanation = explained(name, metric)
    figure, rows = explanation.figure, explanation.contributions
    if figure.numerator is not None and figure.denominator is not None and figure.value is not None:
        ratio = Fraction(figure.numerator) / Fraction(figure.denominator) * (100 if figure.unit == "%" else 1)
        assert abs(ratio - Fraction(figure.value)) <= Fraction(1, 2 * 10**figure.decimals)
    if rows is None:
        assert metric.no_rows_en and f"none: {metric.no_rows_en}" in explain_text.as_text(explanation, 1)
        return
    assert rows.adds_up and len({row[: len(rows.columns) - 1] for row in rows.rows}) == len(rows.rows), "a row stands twice"
    if figure.summed is None:
        assert rows.is_unknown and figure.value is None
        return
    assert round_half_up(_decimal(added(rows.rows, -1)), 8) == figure.summed
    if rows.denominator is not None:
        assert added(rows.rows, -2) == Fraction(figure.denominator or 0)


@pytest.mark.parametrize(("name", "metric"), TOLD, ids=codes(TOLD))
def test_rows_reproduce_the_values_of_a_figure_that_is_told_by_its_key(name: str, metric: Metric, explained: Explain) -> None:
    explanation = explained(name, metric)
    values, rows, told = explanation.values, explanation.contributions, metric.values
    assert values is not None and told is not None and values.rows and explanation.figure.value is None
    assert len({row[: len(values.key)] for row in values.rows}) == len(values.rows), "a key stands twice"
    if told.numerator and told.denominator:
        for row in values.rows:
            numerator, denominator, value = row[-3:]
            # An index of 10,000 and shares are side by side there.
            scale = {"OP-E10": 10_000 if row[0] == "borrower_hhi" else 1}.get(metric.code, 100)
            assert value is None or abs(Fraction(numerator) / Fraction(denominator) * scale - Fraction(value)) < Fraction(1, 5000), row
    if rows is None:
        assert metric.no_rows_en and f"none: {metric.no_rows_en}" in explain_text.as_text(explanation, 1)
        return
    assert rows.rows and rows.adds_up
    # By what both are told of, value by value: rows that belong to another value would add up all the same.
    whole = {column for row in values.rows for column, cell in zip(values.key, row, strict=False) if cell == "all"}
    shared = [column for column in values.key if column in rows.columns and column not in whole]
    by_value = _sums(values.rows, [values.key.index(column) for column in shared], len(values.key) if told.numerator else -1)
    by_rows = _sums(rows.rows, [rows.columns.index(column) for column in shared], -1)
    assert {key: amount for key, amount in by_value.items() if amount} == {key: amount for key, amount in by_rows.items() if amount}


def _sums(rows: list[tuple[Any, ...]], key: list[int], place: int) -> dict[tuple[Any, ...], Fraction]:
    found: dict[tuple[Any, ...], Fraction] = {}
    for row in rows:
        name = tuple(row[index] for index in key)
        found[name] = found.get(name, Fraction(0)) + Fraction(row[place] or 0)
    return found


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)


@pytest.mark.parametrize("code", ["OP-E06", "OP-E13", "MK-E11"])
def test_the_query_that_is_named_tells_the_values(code: str, small_snapshot: Snapshot, explained: Explain) -> None:
    [(name, metric)] = [(name, metric) for name, metric in TOLD if metric.code == code]
    values = explained(name, metric).values
    assert values is not None and values.rows
    with connect(small_snapshot.database) as connection:
        keys = [row[: len(values.key)] for row in connection.execute(values.query).fetchall()]
    assert keys == [row[: len(values.key)] for row in values.rows]


def test_a_lineage_begins_at_the_rows_and_not_at_everything(explained: Explain) -> None:
    by_code = {metric.code: (name, metric) for name, metric in METRICS}
    assert explained(*by_code["OP-F01"]).models == ("rpt_operations_listings_as_of",)
    assert explained(*by_code["OP-H08"]).models == ("rpt_operations_balances_as_of",)
    assert explained(*by_code["MK-A06"]).models == ("fct_channel_daily",)
    assert "stg_fees" not in {parent for _, parent in explained(*by_code["OP-F01"]).edges}


def test_worth_is_told_as_its_mart_has_it(small_snapshot: Snapshot) -> None:
    """Each figure of each month of registration is the mart's row of everything, rounded to the figure's decimals."""
    with connect(small_snapshot.database) as connection:
        told = connection.execute("from rpt_marketing_economics where channel = 'all' and campaign_code = 'all'")
        names = [column[0] for column in told.description or ()]
        mart = [dict(zip(names, row, strict=True)) for row in told.fetchall()]
        figures = connection.execute(
            "select date_trunc('month', as_of_on)::date, code, value, note from rpt_marketing_figures where code like 'MK-F%'"
        ).fetchall()
    of_month = {row["month_on"]: row for row in mart}
    metrics = {metric.code: metric for _, metric in METRICS}
    compared = 0
    for month_on, code, value, note in figures:
        metric = metrics[code]
        # Of a month in which nobody registered and nothing was spent there is no row.
        of_mart = of_month.get(month_on, {}).get(str(metric.column))
        if not value:
            assert not of_mart or note == "group too small"
            continue
        assert of_mart is not None, code
        scale = {"persons": Fraction(1, 10**24), "%": Fraction(100)}.get(metric.unit, Fraction(1))
        assert abs(Fraction(of_mart) * scale - Fraction(value)) <= Fraction(6, 10 ** (metric.decimals + 1)), code
        compared += 1
    assert compared > 100 and {code for _, code, _, _ in figures} == {code for code in metrics if code.startswith("MK-F")}


@pytest.mark.parametrize("code", ["OP-E01", "OP-E10"])
def test_what_is_told_by_its_key_is_a_normal_answer(code: str, small_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_HOME", str(small_home.home))
    for shape in ("table", "csv", "json"):
        result = CliRunner().invoke(explain_command, [code, "--as-of", str(DAY), "--format", shape], catch_exceptions=False)
        assert result.exit_code == 0 and result.stdout
        if shape == "table":
            assert re.search(r"values: [\d,]+ of \w+", result.stdout) and "query     select" in result.stdout

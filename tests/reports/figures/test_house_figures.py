"""The house's own figures by the command: a set whole, on stored days, and the rows behind a figure."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import click
import pytest
from click.testing import CliRunner

from glassbook.catalogue import MONEY, load_metrics
from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from reports.commands.explain import explain as explain_command
from reports.commands.figures import figures as figures_command
from reports.figures.sets import HOUSE_SETS
from tests.support.house_rows import rows_that_do_not_add_up

MONTH_END = "2019-02-28"


@pytest.fixture(autouse=True)
def _home(small_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_HOME", str(small_home.home))


def run(command: click.Command, *arguments: str) -> dict[str, Any]:
    """What a command writes as JSON."""
    result = CliRunner().invoke(command, [*arguments, "--format", "json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.mark.parametrize("name", HOUSE_SETS)
def test_a_set_is_told_whole_with_its_words(name: str, small_home: Settings, small_snapshot: Snapshot) -> None:
    document = run(figures_command, "--set", name, "--as-of", MONTH_END)
    codes = [figure["code"] for figure in document["figures"]]
    known = {metric.code: metric for metric in load_metrics(name)}
    assert document["set"] == name and "regime" not in document and len(codes) > 20
    assert codes == sorted(codes) and set(codes) <= set(known)
    units = {code: small_home.currency if metric.unit == MONEY else metric.unit for code, metric in known.items()}
    assert [f["code"] for f in document["figures"] if f["unit"] != units[f["code"]]] == []
    # Figures without a total have values by segment, month or age.
    assert {code for code in known if code not in codes} == {code for code, metric in known.items() if metric.values is not None}
    table = CliRunner().invoke(figures_command, ["--set", name, "--as-of", MONTH_END, "--format", "table"]).stdout
    assert f"{name}  as of {MONTH_END}" in table


def test_the_channels_of_a_month_add_up_to_its_figures(small_snapshot: Snapshot) -> None:
    figures = {f["code"]: f for f in run(figures_command, "--set", "marketing", "--as-of", MONTH_END)["figures"]}
    with connect(small_snapshot.database) as connection:
        row = connection.execute(
            "select sum(sessions_count), sum(registrations_count), sum(cost_amount) from rpt_marketing_channels "
            "where month_on = '2019-02-01' and channel <> 'all' and campaign_code = 'all'"
        ).fetchone()
    assert row is not None and min(row) > 0
    assert [Decimal(figures[code]["value"]) for code in ("MK-A01", "MK-A02", "MK-A05")] == list(row)
    assert Decimal(figures["MK-A06"]["numerator"]) == row[2] and Decimal(figures["MK-A06"]["denominator"]) == row[1]


def test_rows_behind_every_figure_of_every_stored_day_add_up(small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        wrong, asked = rows_that_do_not_add_up(connection)
    assert asked > 1000 and wrong == []


@pytest.mark.parametrize(("code", "of"), [("OP-A01", "CN-A03"), ("op-c03", "CN-B02"), ("MK-A05", "MK-A05"), ("MK-D01", "MK-D01")])
def test_explain_finds_the_rows_of_a_figure_of_the_house(code: str, of: str) -> None:
    document = run(explain_command, code, "--as-of", MONTH_END)
    rows = document["rows"]
    assert rows["of"] == of and rows["rows"] and rows["adds_up"] is True
    stated = document["figure"]["numerator"] or document["figure"]["value"]
    assert sum(Decimal(row[-1]) for row in rows["rows"]) == Decimal(stated)


def test_a_day_that_is_not_stored_is_told() -> None:
    with pytest.raises(InputError, match="no figures of marketing on 2019-02-13"):
        CliRunner().invoke(figures_command, ["--set", "marketing", "--as-of", "2019-02-13"], catch_exceptions=False)


@pytest.mark.parametrize("arguments", [[], ["--regime", "cn", "--set", "marketing"], ["--set", "cn"]])
def test_a_regime_or_a_set_is_named(arguments: list[str]) -> None:
    assert CliRunner().invoke(figures_command, arguments).exit_code == 2

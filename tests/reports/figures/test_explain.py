"""Explaining a figure: words, formula in numbers, lineage, and rows that add up to the cent."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from click.testing import CliRunner

from glassbook.catalogue import load_metrics
from glassbook.errors import CheckFailed, InputError
from glassbook.snapshots import Snapshot, connect
from reports.commands.explain import explain as explain_command
from reports.figures.rows import adds_up, row_sums

DAY = ["--regime", "toy", "--as-of", "2019-12-31"]


def run(*arguments: str) -> str:
    """Standard output of `glassbook explain`."""
    result = CliRunner().invoke(explain_command, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize("code", ["TOY-A01", "TOY-A02", "TOY-A03", "TOY-A04"])
def test_rows_add_up_to_the_figure(snapshot: Snapshot, code: str) -> None:
    document = json.loads(run(code, *DAY, "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(run(code, *DAY, "--format", "csv"))))
    column = document["rows"]["columns"][-1]
    assert sum(Decimal(row[column]) for row in rows) == Decimal(document["figure"]["value"])
    assert len(rows) == len(document["rows"]["rows"]) and document["rows"]["adds_up"] is True
    assert document["rows"]["total"] == document["rows"]["expected"]


def test_rows_behind_every_figure_of_every_month_add_up_to_the_last_digit(small_snapshot: Snapshot) -> None:
    metrics = [metric for metric in load_metrics("cn") if metric.model is not None]
    with connect(small_snapshot.database) as connection:
        days = [day for (day,) in connection.execute("select distinct as_of_on from rpt_cn_figures order by 1").fetchall()]
        for day in days:
            figures = connection.execute("select code, coalesce(numerator, value) from rpt_cn_figures where as_of_on = ?", [day]).fetchall()
            sums = row_sums(connection, metrics, day)
            assert [code for code, stated in figures if code in sums and not adds_up(sums[code].rows, sums[code].total, stated)] == [], day
    assert len(days) > 2


def test_a_ratio_shows_its_numbers_and_the_rows_of_its_numerator(snapshot: Snapshot) -> None:
    document = json.loads(run("TOY-B01", *DAY, "--format", "json"))
    figure = document["figure"]
    assert document["formula_in_numbers"] == f"= 100 × {figure['numerator']} ÷ {figure['denominator']} = {figure['value']} %"
    assert [part["code"] for part in document["parts"]] == ["TOY-A03", "TOY-A01"]
    assert document["rows"]["of"] == "TOY-A03"
    assert sum(Decimal(row[-1]) for row in document["rows"]["rows"]) == Decimal(figure["numerator"])


def test_text_says_everything_and_how_much_is_not_shown(snapshot: Snapshot) -> None:
    text = run("toy-a01", *DAY, "--rows", "3")
    for part in ("累计金额的定义", "what TOY-A01 means", "rule 1", "rpt_toy_loans_as_of  ←  stg_loans", "27 more"):
        assert part in text
    assert "adds up to the figure exactly" in text
    assert "2020-01-02T01:00:00Z" in text and "29 new rows" in text
    assert "complaints" not in text, "a load of tables that are not upstream has no place here"


def test_figure_without_rows_says_so(snapshot: Snapshot) -> None:
    assert "none of its own" in run("TOY-B02", *DAY)
    assert json.loads(run("TOY-B02", *DAY, "--format", "json"))["rows"] is None


def test_ids_only_text_in_csv_is_neutralised(snapshot: Snapshot) -> None:
    assert "'=HYPERLINK" in run("TOY-A04", *DAY, "--format", "csv")


def test_unknown_code_names_the_nearest(snapshot: Snapshot) -> None:
    result = CliRunner().invoke(explain_command, ["TOY-A91", *DAY])
    assert isinstance(result.exception, InputError) and "TOY-A01" in result.exception.expected


def test_rows_that_do_not_add_up_are_a_failed_check(toy: object, publish_snapshot) -> None:  # type: ignore[no-untyped-def]
    publish_snapshot(also="update rpt_toy_figures set numerator = numerator + 0.01 where code = 'TOY-A01'")
    result = CliRunner().invoke(explain_command, ["TOY-A01", *DAY])
    assert isinstance(result.exception, CheckFailed)
    assert "DOES NOT ADD UP" in result.output

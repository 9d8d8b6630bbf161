"""Reading figures: formats, any day, errors, and the choice of a snapshot."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.commands.figures import figures as figures_command
from reports.figures.reading import read_figures
from reports.figures.selection import choose_snapshot, parse_instant
from reports.filing.declare.regime import load_regime
from tests.support.earlier_log import write_log

AS_OF = date(2019, 12, 31)


def run(*arguments: str, code: int = 0) -> str:
    """Standard output of `glassbook figures`, which must end with exit code `code`."""
    result = CliRunner().invoke(figures_command, list(arguments))
    assert result.exit_code == code, result.output
    return result.stdout


def test_json_has_the_documented_shape(snapshot: Snapshot) -> None:
    document = json.loads(run("--regime", "toy", "--as-of", "2019-12-31"))
    assert list(document) == ["regime", "as_of", "known_at", "snapshot", "figures"]
    assert (document["regime"], document["as_of"], document["snapshot"]) == ("toy", "2019-12-31", "s-0001")
    assert [list(figure) for figure in document["figures"]] == [["code", "value", "numerator", "denominator", "unit", "note"]] * 6
    by_code = {figure["code"]: figure for figure in document["figures"]}
    assert by_code["TOY-A02"] == {
        "code": "TOY-A02", "value": "30", "numerator": "30", "denominator": None, "unit": "loans", "note": None
    }  # fmt: skip
    assert by_code["TOY-A01"]["value"] == "47205.30"
    assert by_code["TOY-B02"]["value"] is None and by_code["TOY-B02"]["denominator"] == "0"
    ratio = by_code["TOY-B01"]
    exact = 100 * Decimal(ratio["numerator"]) / Decimal(ratio["denominator"])
    assert abs(exact - Decimal(ratio["value"])) <= Decimal("0.005")


def test_csv_neutralises_text_and_keeps_numbers(snapshot: Snapshot) -> None:
    rows = list(csv.DictReader(io.StringIO(run("--regime", "toy", "--as-of", "2019-12-31", "--format", "csv"))))
    assert list(rows[0]) == ["code", "value", "numerator", "denominator", "unit", "note"]
    fees = next(row for row in rows if row["code"] == "TOY-A04")
    assert fees["value"] == "16.75"
    assert fees["note"].startswith("'=HYPERLINK")


def test_table_names_figures_in_both_languages(snapshot: Snapshot) -> None:
    output = run("--regime", "toy", "--format", "table")
    assert "累计金额" in output and "TOY-A01 in English" in output and "47,205.30" in output and "—" in output


def test_a_day_that_is_not_stored_is_computed(snapshot: Snapshot) -> None:
    document = json.loads(run("--regime", "toy", "--as-of", "2019-06-15"))
    stored = json.loads(run("--regime", "toy", "--as-of", "2019-06-30"))
    count, later = (int(d["figures"][1]["value"]) for d in (document, stored))
    assert 0 < count <= later


def test_public_file_answers_for_stored_days_only(snapshot: Snapshot) -> None:
    regime = load_regime("toy")
    public = read_figures(snapshot, regime, AS_OF, is_public=True)
    assert public == read_figures(snapshot, regime, AS_OF)
    with pytest.raises(InputError, match="no figures of toy on 2019-06-15"):
        read_figures(snapshot, regime, date(2019, 6, 15), is_public=True)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--regime", "nowhere"], "regime 'nowhere'"),
        (["--regime", "toy", "--as-of", "31.12.2019"], "31.12.2019"),
        (["--regime", "toy", "--known-at", "soon"], "soon"),
        (["--regime", "toy", "--snapshot", "s-9"], "no snapshot s-9"),
    ],
)
def test_wrong_calls_say_what_was_found(snapshot: Snapshot, arguments: list[str], found: str) -> None:
    result = CliRunner().invoke(figures_command, arguments)
    assert isinstance(result.exception, InputError)
    assert found in str(result.exception)


def test_known_at_never_passes_off_another_state(settings: Settings, toy: object, publish_snapshot) -> None:  # type: ignore[no-untyped-def]
    publish_snapshot("s-1", known_at="2020-01-03T01:00:00+00:00")
    publish_snapshot("s-2", known_at="2020-01-05T01:00:00+00:00")

    def chosen(instant: str) -> str:
        return choose_snapshot(settings, snapshot_id=None, known_at=parse_instant(instant, "test")).snapshot_id

    assert chosen("2020-01-03T01:00:00Z") == "s-1"
    assert chosen("2020-01-04T08:00:00+08:00") == "s-1"
    assert chosen("2020-01-09") == "s-2"
    with pytest.raises(InputError, match="no snapshot of what was known then"):
        chosen("2020-01-02")
    write_log(settings, "2020-01-03T01:00:00+00:00", "2020-01-04T01:00:00+00:00")
    assert chosen("2020-01-03T12:00:00Z") == "s-1"
    with pytest.raises(InputError, match="build --known-at"):
        chosen("2020-01-04T12:00:00Z")

"""Figures that change without a row: a setting, the law, the code; and changes that nothing explains, which are said to be so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from glassbook.errors import CheckFailed, InputError
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot, write_manifest
from reports.commands.compare import compare as compare_command
from reports.commands.restatements import restatements as restatements_command
from reports.filing.acts.writing import FilingResult, write_filing
from reports.filing.life.log import read_log
from reports.filing.package.package import write_package
from reports.restating.contributions import Contributions
from reports.restating.reproduction import reproduce

# One loan is 1.00 more than before, in the rows and in the figures made of them.
MOVED = """
update stg_loans set amount = amount + 1 where loan_id = 3;
update rpt_toy_figures set value = value + 1, numerator = numerator + 1 where code = 'TOY-A01' and as_of_on = date '2019-12-31';
"""
# The same only in the figure.
STATED = MOVED.partition(";")[2]
BEFORE = "insert into ctl_parameters values ('model_version', 'm-1'), ('reading', 'one'); create table toy_limits as select 1 as amount;"


@pytest.fixture
def filed(settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path) -> FilingResult:
    """A filing of the invented regime."""
    publish_snapshot("s-1", also=BEFORE, known_at="2020-01-03T01:00:00+00:00")
    return write_filing(settings, "toy", "2019-12", tmp_path / "filing")


def compared(filed: FilingResult, *arguments: str) -> tuple[dict[str, Any], BaseException | None]:
    """The comparison with the current snapshot, and how the command ended."""
    result = CliRunner().invoke(compare_command, [str(filed.folder), "--format", "json", *arguments])
    return json.loads(result.stdout), result.exception


@pytest.mark.parametrize(
    ("change", "cause", "name"),
    [
        ("update ctl_parameters set value = 'two' where name = 'reading'", "parameter", "reading"),
        ("insert into toy_limits values (2)", "rule version", "toy_limits"),
        ("update ctl_parameters set value = 'm-2' where name = 'model_version'", "code", "model_version"),
    ],
)
def test_a_change_without_rows_is_the_condition_that_differs(
    filed: FilingResult, publish_snapshot: Any, change: str, cause: str, name: str
) -> None:
    publish_snapshot("s-2", also=BEFORE + MOVED + change, known_at="2020-01-04T01:00:00+00:00")
    document, error = compared(filed)
    assert error is None
    assert [(c["kind"], c["name"]) for c in document["conditions"]] == [(cause, name)]
    (figure,) = document["changed"]
    assert (figure["code"], figure["causes"], figure["difference"]) == ("TOY-A01", [cause], "1.00")
    assert [(row["key"]["loan_id"], row["difference"], row["causes"]) for row in figure["rows"]] == [("3", "1", [cause])]


def test_a_change_that_nothing_explains_is_said_to_be_so(filed: FilingResult, publish_snapshot: Any) -> None:
    publish_snapshot("s-2", also=BEFORE + MOVED, known_at="2020-01-04T01:00:00+00:00")
    document, error = compared(filed)
    assert document["changed"][0]["causes"] == ["unexplained"] and document["doubts"] == ["TOY-A01"]
    assert isinstance(error, CheckFailed) and "TOY-A01" in str(error)


def test_loans_that_do_not_add_up_to_the_change_are_told(filed: FilingResult, publish_snapshot: Any) -> None:
    publish_snapshot("s-2", also=BEFORE + STATED, known_at="2020-01-04T01:00:00+00:00")
    document, error = compared(filed)
    assert document["changed"][0]["adds_up"] is False and isinstance(error, CheckFailed)
    assert "DO NOT ADD UP" in CliRunner().invoke(compare_command, [str(filed.folder)]).output


def test_a_name_that_is_only_printed_is_no_condition(filed: FilingResult, publish_snapshot: Any) -> None:
    renamed = "update ctl_parameters set value = 'another' where name = 'platform_name'"
    publish_snapshot("s-2", also=BEFORE + renamed, known_at="2020-01-04T01:00:00+00:00")
    document, error = compared(filed)
    assert document["changed"] == [] == document["conditions"] and error is None


def test_what_cannot_be_compared_is_refused(
    filed: FilingResult, settings: Settings, publish_snapshot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = write_filing(settings, "toy", "2019-11", tmp_path / "november")
    result = CliRunner().invoke(compare_command, [str(filed.folder), str(other.folder)])
    assert isinstance(result.exception, InputError) and "toy-2019-11 v1" in result.exception.found
    with pytest.raises(InputError, match="an earlier version of toy-2019-11"):
        write_filing(settings, "toy", "2019-11", tmp_path / "next", supersedes=filed.folder)
    snapshot = publish_snapshot("s-2", also=BEFORE + MOVED, known_at="2020-01-04T01:00:00+00:00")
    write_manifest(snapshot.folder, snapshot.manifest | {"loads": [[1, "load-x"], [2, "load-b"]]})
    result = CliRunner().invoke(compare_command, [str(filed.folder)])
    assert isinstance(result.exception, InputError) and "do not share their loads" in result.exception.found


def test_restatements_says_what_it_could_not_read(filed: FilingResult, settings: Settings) -> None:
    assert "no filing in the home" in CliRunner().invoke(restatements_command, []).output
    broken = settings.filings_dir / "toy" / "2019-12" / "v1.drafts" / "0123456789ab"
    broken.mkdir(parents=True)
    (broken / "filing.json").write_text("{", encoding="utf-8")
    result = CliRunner().invoke(restatements_command, [])
    assert isinstance(result.exception, CheckFailed) and "cannot be read" in result.output


def crafted(filed: FilingResult, out: Path, **head: Any) -> Path:
    """A package that is sealed by the rules but says of itself what no filing says."""
    contents = {path.name: path.read_bytes() for path in filed.folder.iterdir() if path.name != "SEAL"}
    contents["filing.json"] = json.dumps(json.loads(contents["filing.json"]) | head).encode()
    return write_package(out, contents, None).folder


def test_a_package_names_no_setting_but_those_of_a_build(filed: FilingResult, settings: Settings, tmp_path: Path) -> None:
    seen: list[Settings] = []

    def build(known: Settings, **_: Any) -> Any:
        seen.append(known)
        raise CheckFailed("stop here")

    elsewhere = {"home": str(tmp_path / "other"), "profile": "/etc/passwd", "fault_point": "before_pointer", "clock_now": "2001-01-01"}
    package = crafted(filed, tmp_path / "crafted", parameters=elsewhere | {"currency": "EUR"})
    with pytest.raises(CheckFailed, match="stop here"):
        reproduce(settings, package, build)
    (known,) = seen
    assert known.home.is_relative_to(settings.builds_dir) and known.currency == "EUR"
    assert (known.profile, known.fault_point, known.clock_now) == (None, "", settings.clock_now)
    for wrong in ({"parameters": {"over_90_amount": "; rm -rf ~"}}, {"parameters": ["home"]}, {"timezone": "../../etc"}):
        with pytest.raises(InputError, match="settings that no filing has"):
            reproduce(settings, crafted(filed, tmp_path / f"crafted-{len(str(wrong))}", **wrong), build)


def test_what_a_package_knew_of_other_filings_is_taken_only_as_filings_say_it(
    filed: FilingResult, settings: Settings, tmp_path: Path
) -> None:
    entry = {"regime": "toy", "period": "2019-11", "version": 1, "state": "submitted", "seal": "ab", "at": "2019-12-06T01:00:00+00:00"}
    for number, wrong in enumerate(({"more": 1}, 7, [7], [{"regime": "toy"}], [entry | {"seal": {}}])):
        package = crafted(filed, tmp_path / f"crafted-{number}", known_filings=wrong)
        with pytest.raises((InputError, CheckFailed), match=r"known filings that no filing has|is not an entry of the log"):
            reproduce(settings, package, lambda known, **_: read_log(known) and current_snapshot(known))


def test_the_command_that_is_told_runs_no_word_of_a_package(filed: FilingResult, settings: Settings, tmp_path: Path) -> None:
    head = {"snapshot": "s-0", "known_at": "now; id", "parameters": {"platform_name": "x$(id)", "home; id": "/"}}
    result = CliRunner().invoke(compare_command, [str(crafted(filed, tmp_path / "crafted", **head))])
    assert isinstance(result.exception, InputError)
    assert "`GLASSBOOK_PLATFORM_NAME='x$(id)' glassbook build --known-at 'now; id'`" in result.exception.remedy


def test_rows_stand_in_one_order_however_they_are_stored() -> None:
    """Long keys begin in the same way: the padding that sorts numbers keeps twenty characters of them."""
    keys = [[f"an institution with a long name {n}"] for n in range(6)]
    found = Contributions.__new__(Contributions)
    found._tables = {"TOY-A01": "rows_0"}
    for stored in (keys, keys[::-1]):
        with duckdb.connect() as connection:
            for side, value in (("before", 1), ("after", 2)):
                connection.execute(f'create table {side}_rows_0 (keys varchar[], "TOY-A01" decimal(18, 2))')
                connection.executemany(f"insert into {side}_rows_0 values (?, {value})", [[key] for key in stored])
            assert [list(row.key) for row in found.moved(connection, "TOY-A01")] == keys

"""Figures that an edit calls impossible: where the page marks them, where it does not, and how the command ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glassbook.catalogue import load_checks
from glassbook.errors import InputError
from glassbook.settings import Settings
from reports.commands.publish import publish
from reports.site.publishing import publish_site

CODES = ("TOY-A01", "TOY-A02", "TOY-A03", "TOY-A04", "TOY-B01", "TOY-B02")
EVERY = {code: ["now"] for code in CODES}
COLUMNS = {"now": 0, "month before": 1, "year ago": 2}


def said(*rows: str) -> str:
    """What edits say, as the build writes it."""
    return "insert into chk_refuted_figures values " + ", ".join(f"('toy', {row})" for row in rows)


def published(settings: Settings, out: Path, path: str) -> str:
    """A page in Chinese of the site that is published."""
    publish_site(settings, out)
    return (out / "zh" / path).read_text(encoding="utf-8")


def marked(text: str) -> dict[str, list[str]]:
    """Per code of a line of the tables of figures: the columns that are called provisional."""
    found = {}
    for row in re.findall(r"<tr>\s*<th scope=\"row\"><a href.*?</tr>", text, flags=re.DOTALL):
        code = re.search(r"(TOY-[AB]\d\d)\.html", row)
        cells = re.findall(r"<td.*?</td>", row, flags=re.DOTALL)
        assert code is not None
        found[code[1]] = [name for name, place in COLUMNS.items() if place < len(cells) and "暂定" in cells[place]]
    return found


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["'2019-12-31', 'TOY-E01', 'TOY-B01', 'failed', 1"], {"TOY-B01": ["now"]}),
        (["'2019-12-31', 'TOY-E01', 'TOY-B01', 'failed', 1", "'2019-12-31', 'TOY-E03', 'TOY-A03', 'failed', 2"],
         {"TOY-A03": ["now"], "TOY-B01": ["now"]}),
        (["'2019-11-30', 'TOY-E01', 'TOY-A01', 'failed', 1"], {"TOY-A01": ["month before"]}),
        (["'2018-12-31', 'TOY-E01', 'TOY-A02', 'failed', 1"], {"TOY-A02": ["year ago"]}),
        (["'2019-12-31', 'TOY-E01', null, 'failed', 7"], EVERY),
        (["'2019-12-31', 'TOY-E01', 'TOY-B01', 'failed', 1", "'2019-12-31', 'TOY-E01', null, 'failed', 7"],
         EVERY),
        ([], {}),
    ],
    ids=["one", "two edits", "of the month before", "of the year before", "any of them", "one and any", "none"],
)  # fmt: skip
def test_the_page_marks_what_an_edit_calls_impossible_and_nothing_else(
    settings: Settings, toy: Any, publish_snapshot: Any, tmp_path: Path, rows: list[str], expected: dict[str, list[str]]
) -> None:
    publish_snapshot(also=said(*rows) if rows else "")
    text = published(settings, tmp_path / "site", "figures/index.html")
    assert {code: columns for code, columns in marked(text).items() if columns} == expected
    assert ("暂定" in text) == bool(rows)
    for code in {row.split("'")[3] for row in rows}:
        assert code in text, "the page names the edit"
    assert ("可能涉及当日全部数字" in text) == any("null" in row for row in rows)


def test_a_card_is_marked_too(settings: Settings, toy: Any, publish_snapshot: Any, tmp_path: Path) -> None:
    publish_snapshot(also=said("'2019-12-31', 'TOY-E01', 'TOY-B01', 'failed', 1"))
    text = published(settings, tmp_path / "site", "index.html")
    leads = re.findall(r'<p class="huge">.*?</p>', text, flags=re.DOTALL)
    assert ["暂定" in lead for lead in leads] == [False, True]


def test_a_chart_marks_its_month_in_picture_and_numbers(settings: Settings, toy: Any, publish_snapshot: Any, tmp_path: Path) -> None:
    def page(also: str, name: str) -> str:
        publish_snapshot(name, also=also)
        return published(settings, tmp_path / name, "figures/TOY-A01.html")

    fine, doubted = page("", "fine"), page(said("'2019-11-30', 'TOY-E01', 'TOY-A01', 'failed', 1"), "doubted")
    hollow = r'<path[^>]*fill="var\(--paper\)"'
    assert "暂定" not in fine and not re.search(hollow, fine)
    assert len(re.findall(hollow, doubted)) == 2, "once a cut"
    rows = re.findall(r'<tr><th scope="row">.*?months/(\d{4}-\d\d)\.html(.*?)</tr>', doubted, flags=re.DOTALL)
    assert len(rows) == 26 and [month for month, cells in rows if "暂定" in cells] == ["2019-11"]


@pytest.mark.parametrize(
    ("row", "code", "told"),
    [
        ("'2019-12-31', 'TOY-E01', 'TOY-B01', 'failed', 1", 1, "TOY-E01 says that TOY-B01 of the month cannot be right"),
        ("'2019-12-31', 'TOY-E01', null, 'failed', 3", 1, "TOY-E01 says that figures of the month cannot be right"),
        ("'2019-12-31', 'TOY-E01', null, 'crashed', 0", 1, "TOY-E01 says that figures of the month cannot be right"),
        # What was wrong in an earlier month is marked, and holds back no later one.
        ("'2019-11-30', 'TOY-E01', 'TOY-B01', 'failed', 1", 0, ""),
        (None, 0, ""),
    ],
)
def test_the_command_ends_with_one_after_a_provisional_page(
    settings: Settings, toy: Any, publish_snapshot: Any, tmp_path: Path, row: str | None, code: int, told: str
) -> None:
    publish_snapshot(also=said(row) if row else "")
    result = CliRunner().invoke(publish, ["--out", str(tmp_path / "site")])
    assert result.exit_code == code and told in result.output, result.output
    assert (tmp_path / "site" / "index.html").is_file(), "the page is published either way"
    assert ("PROVISIONAL" in result.output) == bool(code)


def test_a_public_file_of_before_is_refused(settings: Settings, toy: Any, publish_snapshot: Any, tmp_path: Path) -> None:
    import duckdb

    snapshot = publish_snapshot()
    snapshot.folder.chmod(0o755)
    snapshot.public_database.chmod(0o644)
    with duckdb.connect(str(snapshot.public_database)) as connection:
        connection.execute("drop table chk_refuted_figures")
    with pytest.raises(InputError, match="glassbook build"):
        publish_site(settings, tmp_path / "site")


def test_edits_that_refute_figures_are_errors_of_ledger_or_arithmetic() -> None:
    """What breaks the ledger or arithmetic makes figures impossible; a limit that is passed, or a row that is odd and counted, does not."""
    refuting = [check for check in load_checks() if check.refutes_figures]
    assert {(check.severity, check.name.split(".")[0]) for check in refuting} == {("error", "ledger"), ("error", "arithmetic")}
    bounds = {"CN-E05", "CN-E10", "CN-E17", "CN-E18", "CN-E21", "CN-E22", "CN-E23"}
    assert {check.code for check in refuting} == bounds

"""A late payment, a reversal and two corrections come a week after December was filed.

Every figure that moves is found and explained by the rows that moved it, and both filings can be made again from the lake. All that is
expected here was computed by hand from tests/support/restated.py.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from click.testing import CliRunner, Result

from glassbook.errors import CheckFailed, InputError
from glassbook.snapshots import current_snapshot
from reports.commands.compare import compare as compare_command
from reports.commands.explain import explain as explain_command
from reports.commands.restatements import restatements as restatements_command
from reports.commands.verify import verify as verify_command
from reports.filing.declare.regime import load_regime
from reports.filing.make.conditions import BUILD_SETTINGS
from reports.restating.reproduction import reproduce
from reports.site.publishing import edition_files
from reports.site.reading.edition import read_edition
from reports.verifying.package import verify_package
from tests.support import homes
from tests.support.restated import Restated, both_submitted, restated_home
from tests.support.site_pages import Parsed
from warehouse.build import run_build

# Code: as filed first, as filed again, and why.
LATE, CORRECTED, REVERSED = "late rows", "corrected rows", "reversed rows"
CHANGED: dict[str, tuple[str, str, set[str]]] = {
    "CN-A03": ("7500.00", "12000.00", {LATE, REVERSED}),  # 500 + 3,000 + 4,000; 5,000 + 3,000 + 4,000
    "CN-A05": ("665.00", "710.00", {LATE, REVERSED}),  # 5 + 180 + 480; 50 + 180 + 480
    "CN-A10": ("100.00", "100.00", {LATE, REVERSED}),  # of other sums
    "CN-A11": ("53.33", "41.67", {LATE, REVERSED}),  # 4,000 ÷ 7,500; 5,000 ÷ 12,000
    "CN-A12": ("0.00", "3000.00", {CORRECTED}),
    "CN-A13": ("0", "1", {CORRECTED}),
    "CN-A14": ("505.00", "5050.00", {LATE, REVERSED}),
    "CN-A20": ("3.00", "15.50", {LATE}),
    "CN-B02": ("6.18", "39.73", {LATE, REVERSED}),  # 505 ÷ 8,165; 5,050 ÷ 12,710
    "CN-B06": ("6.18", "39.73", {LATE, REVERSED}),
    "CN-B07": ("0.00", "0.00", {LATE, REVERSED}),  # of another base
    "CN-B08": ("0.00", "0.00", {LATE, REVERSED}),
    "CN-B12": ("53.33", "41.67", {LATE, REVERSED}),
    "CN-B13": ("100.00", "100.00", {LATE, REVERSED}),
    "CN-B16": ("12.00", "10.00", {CORRECTED}),
}


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Restated:
    """The home of two loads and two filings; to be read, never changed."""
    return restated_home(tmp_path_factory.mktemp("restated"))


@pytest.fixture
def home(restated: Restated, monkeypatch: pytest.MonkeyPatch) -> Restated:
    """The same, with commands of this process reading it."""
    monkeypatch.setenv("GLASSBOOK_HOME", str(restated.settings.home))
    return restated


def run(command: Any, *arguments: object) -> Result:
    """A command that ends well."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result


def compared(*packages: Path) -> dict[str, Any]:
    """The document that `glassbook compare --format json` prints."""
    document: dict[str, Any] = json.loads(run(compare_command, *packages, "--format", "json").stdout)
    return document


def rows_of(document: dict[str, Any], code: str) -> dict[str, tuple[str, str, str]]:
    """Per key behind a changed figure: what it added before and after, and its causes."""
    (figure,) = [figure for figure in document["changed"] if figure["code"] == code]
    return {next(iter(row["key"].values())): (row["before"], row["after"], ", ".join(row["causes"])) for row in figure["rows"]}


@pytest.fixture(scope="module")
def document(restated: Restated) -> dict[str, Any]:
    """What `glassbook compare` says of the two filings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBOOK_HOME", str(restated.settings.home))
        return compared(restated.filings[0].folder, restated.filings[1].folder)


def test_every_changed_figure_has_its_cause_and_no_other_is_named(document: dict[str, Any]) -> None:
    found = {f["code"]: (f["before"]["value"], f["after"]["value"], set(f["causes"])) for f in document["changed"]}
    assert found == CHANGED
    assert len(document["unchanged"]) == 41 - len(CHANGED) and "CN-A15" in document["unchanged"]
    assert document["doubts"] == [] == document["conditions"]
    assert all(figure["adds_up"] and not figure["may_also"] for figure in document["changed"])


def test_the_loans_behind_a_change_add_up_to_it(document: dict[str, Any]) -> None:
    assert rows_of(document, "CN-A14") == {"2": ("0", "5050", REVERSED), "1": ("505", "0", LATE)}
    assert rows_of(document, "CN-A12") == {"3": ("0", "3000", CORRECTED)}
    assert rows_of(document, "CN-A20") == {"2": ("0", "12.50", LATE)}
    # Borrower 4 owes 4,000 as before, and is the largest no more: moved by the loan of borrower 2.
    assert rows_of(document, "CN-A11") == {"2": ("0", "5000", REVERSED), "4": ("4000", "0", REVERSED)}
    (largest,) = [figure for figure in document["changed"] if figure["code"] == "CN-A11"]
    assert [row["through_others"] for row in largest["rows"]] == [False, True]
    for figure in document["changed"]:
        of = next((f for f in document["changed"] if f["code"] == figure["rows_of"]), None)
        if of is not None:
            moved = sum(Decimal(row["difference"]) for row in figure["rows"])
            assert moved == Decimal(of["after"]["numerator"]) - Decimal(of["before"]["numerator"]), figure["code"]


def test_the_evidence_names_row_day_load_and_what_changed(document: dict[str, Any]) -> None:
    found = {(row["table"], *row["key"].values()): row for row in document["evidence"]}
    # Nothing of January: not the new loan of borrower 4, nor the payment of loan 3, nor the closing of loan 1, nor the complaint.
    assert set(found) == {("repayments", "3"), ("repayments", "4"), ("loans", "3"), ("users", "3"), ("fees", "2")}
    reversal = found["repayments", "4"]
    assert (reversal["how"], reversal["cause"], reversal["dated_on"], reversal["load_seq"]) == ("reversal", REVERSED, "2019-12-28", 2)
    assert reversal["loaded_at"] == "2020-01-10T02:00:00Z" and reversal["changes"]["principal"] == {"before": None, "after": "-5000.00"}
    assert found["repayments", "3"]["cause"] == LATE and found["repayments", "3"]["dated_on"] == "2019-12-20"
    assert found["loans", "3"]["changes"] == {"annual_rate": {"before": "0.120000", "after": "0.100000"}}
    assert found["users", "3"]["changes"] == {"related_party_kind": {"before": None, "after": "director"}}
    assert "王小明" not in json.dumps(document, ensure_ascii=False), "evidence shows nothing of a person"


def test_text_and_csv_say_the_same(home: Restated) -> None:
    text = run(compare_command, home.filings[0].folder, "--rows", "1").stdout
    assert "15 of 41 figures changed" in text and "+4,545.00" in text and "… 1 more" in text
    assert "loan_id 2: 0 → 5050  reversed rows" in text and "through other rows of this figure" not in text
    assert "current snapshot" in text and "cn-2019-12 v1" in text
    lines = list(csv.DictReader(io.StringIO(run(compare_command, home.filings[0].folder, "--format", "csv").stdout)))
    overdue = [line for line in lines if line["code"] == "CN-A14"]
    assert sum(Decimal(line["contribution_difference"]) for line in overdue) == Decimal(overdue[0]["difference"]) == Decimal("4545.00")
    assert {line["code"] for line in lines} == set(CHANGED)


def test_order_of_the_packages_does_not_matter_and_one_package_equals_itself(home: Restated, document: dict[str, Any]) -> None:
    one, two = (filing.folder for filing in home.filings)
    assert compared(two, one.with_suffix(".zip")) == document
    assert compared(two)["changed"] == []
    assert "no figure changed: all 41" in run(compare_command, two, two).stdout


def test_the_annex_is_the_comparison_and_the_first_filing_stays(home: Restated, document: dict[str, Any]) -> None:
    first, second = home.filings
    annexed = json.loads((second.folder / "restatement.json").read_text(encoding="utf-8"))
    assert annexed["after"]["seal"] is None and document["after"]["seal"] == second.seal, "a package cannot hold its own seal"
    assert annexed | {"after": document["after"]} == document
    sheet = openpyxl.load_workbook(second.folder / "信息披露报表.xlsx")["更正说明"]
    listed = {row[0].value: row for row in sheet.iter_rows(min_row=6, max_col=8) if row[0].value in CHANGED}
    assert set(listed) == set(CHANGED) and [cell.value for cell in listed["CN-A14"][3:6]] == [505, 5050, 4545]
    assert listed["CN-A12"][6].value == "修正数据 corrected rows" and listed["CN-A03"][7].value == 2
    pages = [page.extract_text() for page in pypdf.PdfReader(second.folder / "信息披露报告.pdf").pages]
    (start,) = [number for number, text in enumerate(pages) if "Restatement:" in text]
    told = "\n".join(pages[start:])
    rows = dict(re.findall(r"(?ms)^(CN-[AB]\d\d)(.*?)(?=^CN-|^报送编号|^签署)", told))
    assert set(rows) == set(CHANGED)
    for figure in annexed["changed"]:
        for said in (figure["before"]["value"], figure["after"]["value"], figure["difference"]):
            assert said is None or f"{Decimal(said):,}" in rows[figure["code"]], (figure, told)
    assert f"替代第1版（封签{first.seal[:12]}）" in pages[0].replace(" ", "")
    assert "签署" in told, "what changed stands before the place to sign"
    assert (second.folder / "restatement.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,")
    head = json.loads((second.folder / "filing.json").read_text(encoding="utf-8"))
    assert head["version"] == 2 and head["replaces"] == {"version": 1, "seal": first.seal}
    verdict = verify_package(second.folder)
    assert verdict.is_intact and verdict.seal is not None and verdict.seal.previous == first.seal
    assert verify_package(first.folder).is_intact and not (first.folder / "restatement.json").exists()


def test_restatements_names_the_filing_until_it_is_replaced(home: Restated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    standing = json.loads(run(restatements_command, "--format", "json").stdout)["filings"]
    assert [(s["filing"], s["version"], s["touched"]) for s in standing] == [("cn-2019-12", 2, False)], "the newest version counts"
    shutil.copytree(home.settings.snapshots_dir, tmp_path / "home" / "snapshots")
    (tmp_path / "home" / "filings").mkdir()
    shutil.copy(home.filings[0].archive, tmp_path / "home" / "filings")
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(restatements_command, ["--format", "json"])
    assert isinstance(result.exception, CheckFailed) and "cn-2019-12 touched" in str(result.exception)
    (touched,) = json.loads(result.stdout)["filings"]
    assert {c["code"]: (c["filed"], c["now"]) for c in touched["changed"]} == {code: (old, new) for code, (old, new, _) in CHANGED.items()}
    assert "why: glassbook compare" in CliRunner().invoke(restatements_command, []).stdout


def test_a_figure_is_explained_as_filed(home: Restated) -> None:
    first = home.filings[0].folder
    document = json.loads(run(explain_command, "CN-A14", "--filing", first, "--format", "json").stdout)
    assert document["figure"]["value"] == "505.00" and document["snapshot"] == home.snapshots[0].snapshot_id
    assert document["rows"]["rows"] == [[1, "505"]] and document["rows"]["adds_up"]
    assert [load["load_seq"] for load in document["loads"]] == [1], "what came later has no part in it"
    text = run(explain_command, "CN-A03", "--filing", first).stdout
    assert f"cn-2019-12 v1, as filed; seal {home.filings[0].seal}" in text
    assert "= 4000 + 3000 + 500 = 7500.00 CNY" in text and "adds up to the figure exactly" in text and "113号" in text
    ratio = run(explain_command, "CN-B02", "--filing", first.with_suffix(".zip")).stdout
    assert "= 100 × 505 ÷ 8165 = 6.18 %" in ratio and "CN-A14 = 505.00 CNY" in ratio
    wrong = CliRunner().invoke(explain_command, ["CN-A14", "--filing", str(first), "--as-of", "2019-12-30"])
    assert wrong.exit_code == 2 and "leave out --regime" in wrong.output
    assert CliRunner().invoke(explain_command, ["CN-A14"]).exit_code == 2


def test_a_pruned_snapshot_is_named_with_the_command_that_makes_it_again(
    home: Restated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = home.filings[0].folder
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("GLASSBOOK_OVER_90_AMOUNT", "overdue_amount")
    for command, arguments in ((explain_command, ["CN-A14", "--filing", str(first)]), (compare_command, [str(first)])):
        raised = CliRunner().invoke(command, arguments).exception
        assert isinstance(raised, InputError) and home.snapshots[0].snapshot_id in raised.found
        assert "`GLASSBOOK_OVER_90_AMOUNT=outstanding_principal glassbook build --known-at 2020-01-03T02:00:00+00:00`" in raised.remedy


def test_nothing_is_read_from_a_package_that_was_changed(home: Restated, tmp_path: Path) -> None:
    package = tmp_path / "package"
    shutil.copytree(home.filings[0].folder, package)
    text = (package / "figures.json").read_text(encoding="utf-8")
    (package / "figures.json").write_text(text.replace("505.00", "905.00"), encoding="utf-8")
    for command, arguments in (
        (explain_command, ["CN-A14", "--filing", str(package)]),
        (compare_command, [str(package)]),
        (verify_command, [str(package), "--recompute"]),
    ):
        result = CliRunner().invoke(command, arguments)
        assert isinstance(result.exception, CheckFailed) and "figures.json: was changed" in result.output + str(result.exception)


def test_another_machine_with_the_lake_and_the_package_makes_the_same_bytes(restated: Restated, tmp_path: Path) -> None:
    """The second filing: two builds in a scratch home, since its annex explains the first."""
    known = json.loads((restated.filings[1].folder / "filing.json").read_text(encoding="utf-8"))["known_filings"]
    assert [(f["period"], f["state"]) for f in known] == [("2019-10", "submitted"), ("2019-11", "draft")]
    assert "CN-E15" in restated.filings[1].open_edits and "CN-E15" not in restated.filings[0].open_edits
    assert homes.sole(restated.snapshots[1], "select count(*) from ctl_obligations") == 0, "a snapshot is made of the lake alone"
    shutil.copytree(restated.settings.lake_dir, tmp_path / "home" / "lake")
    package = shutil.copy(restated.filings[1].archive, tmp_path / "received.zip")
    # Its own settings are others; the package names those that count.
    elsewhere = restated.settings.model_copy(
        update={"home": tmp_path / "home", "platform_name": "别的", "over_90_amount": "overdue_amount"}
    )
    leftover = elsewhere.builds_dir / ".recompute.999999999.partial"
    leftover.mkdir(parents=True)
    (leftover / "lake").symlink_to(elsewhere.lake_dir.resolve(), target_is_directory=True)
    lake = {path: path.read_bytes() for path in elsewhere.lake_dir.rglob("*.parquet")}
    found = reproduce(elsewhere, Path(package), run_build)
    assert found.is_reproduced and found.figure_count == 41 and found.files == () == found.reasons
    assert found.snapshot_id == restated.snapshots[1].snapshot_id
    assert lake == {path: path.read_bytes() for path in elsewhere.lake_dir.rglob("*.parquet")}
    assert list(elsewhere.builds_dir.iterdir()) == [] and not elsewhere.snapshots_dir.exists(), "nothing is left, nothing is current"


def test_every_setting_of_a_build_can_be_taken_from_its_package(restated: Restated) -> None:
    head = json.loads((restated.filings[0].folder / "filing.json").read_bytes())
    assert set(head["parameters"]) == set(BUILD_SETTINGS)


def test_a_filing_that_does_not_follow_from_the_lake_is_told_figure_by_figure(home: Restated) -> None:
    """The first filing compared with a lake that knew more by then: what another machine would find where a filing was made up."""
    known = home.snapshots[1]
    found = reproduce(home.settings, home.filings[0].folder, lambda settings, *, full, known_at: known)
    assert not found.is_reproduced and {code for code, *_ in found.figures} == set(CHANGED)
    told = {code: (filed, now) for code, filed, now in found.figures}
    assert told["CN-A14"] == ("value 505.00, numerator 505, unit CNY", "value 5050.00, numerator 5050, unit CNY")
    assert {"figures.json", "figures.csv", "filing.json"} <= set(found.files) and "profile.yml" not in found.files
    assert "in this lake it is of 2020-01-10T02:00:00+00:00" in found.reasons[-1]
    assert current_snapshot(home.settings).snapshot_id == known.snapshot_id


def test_the_public_site_tells_what_the_second_filing_corrected_and_why(restated: Restated, tmp_path: Path) -> None:
    settings = both_submitted(restated, tmp_path / "home", "A repayment came late.")
    edition = read_edition(settings, current_snapshot(settings), load_regime("cn"))
    second = edition.versions[-1]
    moved = {code: told for code, told in CHANGED.items() if told[0] != told[1]}
    assert {c.code: (f"{c.before}", f"{c.after}", set(c.causes)) for c in second.corrections} == moved
    files = dict(edition_files(edition))
    for code, (before, after, _) in moved.items():
        page = Parsed(files[f"en/figures/{code}.html"].decode())
        exact = [Decimal(value.exact) for value in page.values]
        told = [Decimal(before), Decimal(after), Decimal(after) - Decimal(before)]
        assert any(exact[place : place + 3] == told for place in range(len(exact))), code
        assert "Reason given: A repayment came late." in files[f"en/figures/{code}.html"].decode(), code
    assert "迟到数据" in files["zh/filings/index.html"].decode() and "late rows" in files["en/filings/index.html"].decode()

"""A platform that supplies the required tables alone: figures of what it does not supply say so, and are never 0."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from glassbook.catalogue import load_metrics
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from ingestion.loading.load import ingest
from reports.figures.reading import read_figures
from reports.figures.sets import HouseSet
from reports.figures.values import NOT_SUPPLIED
from reports.filing.make.edits import run_edits
from tests.dashboards.test_pages import html, run_page
from tests.support.bare_home import OPTIONAL
from tests.support.homes import home
from tests.support.platform import Platform
from warehouse.build import run_build


@pytest.fixture
def of_required_tables(bare_home: Settings) -> Snapshot:
    """The snapshot of a platform of the required tables alone."""
    return current_snapshot(bare_home)


def test_the_optional_tables_are_many() -> None:
    assert {"web_sessions", "marketing_costs", "fund_movements", "fees", "rewards"} <= OPTIONAL


@pytest.mark.parametrize(
    ("name", "supplied"),
    [
        ("marketing", {"A02", "A03", "A04", "F01", "F03", "F04", "F10", "F11", "F12", "F29", "F30", "F31", "F33", "F34", "F35", "F36"}),
        (
            "operations",
            {
                *("A01", "A02", "A03", "B01", "B02", "B03", "B04", "C01", "C02", "C03", "C04", "D01", "D02", "D03", "D04", "D05"),
                *("F01", "F02", "F03", "F04", "F09", "F10", "F11", "F12", "G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08"),
                *("H05", "H06", "H09", "H10", "H11", "I04"),
            },
        ),
    ],
)
def test_what_is_counted_of_a_missing_table_is_not_supplied(of_required_tables: Snapshot, name: str, supplied: set[str]) -> None:
    figures = read_figures(of_required_tables, HouseSet(name), date(2019, 6, 30)).figures
    assert {figure.code[3:] for figure in figures if figure.note != NOT_SUPPLIED} == supplied
    assert all(figure.value is None for figure in figures if figure.note == NOT_SUPPLIED)
    assert {figure.value for figure in figures} > {None, Decimal(0), Decimal(100)}


def test_a_figure_needs_the_columns_that_it_counts_by() -> None:
    """Without the day of a decision nothing was decided, and without that of the resolution nothing resolved: 0 would be told of both."""
    needs = {metric.code: set(metric.needs) for name in ("cn", "operations", "marketing") for metric in load_metrics(name)}
    assert all("complaints.resolved_at" in needs[code] for code in ("CN-B20", "CN-B21"))
    assert all("loan_applications.decided_at" in needs[code] for code in ("OP-F07", "OP-F08", "MK-D11", "MK-D15"))
    assert "loans.fully_funded_at" in needs["OP-F04"] and "rewards.redeemed_at" in needs["OP-H12"]


@pytest.mark.parametrize(("lacking", "outcome"), [(None, "failed"), ("disclosed_at", "not_supplied"), ("risk_events", "passed")])
def test_nothing_is_said_of_the_disclosure_of_risk_events_without_its_instant(lacking: str | None, outcome: str, tmp_path: Path) -> None:
    """A platform that has no such table has nothing to disclose; filings that are late are looked for nevertheless."""
    p = Platform()
    p.loan("100", disbursed_at="2019-06-03 10:00")
    p.add("risk_events", event_kind="litigation", occurred_at="2019-06-04 10:00")
    p.complaint("2019-06-30 10:00")
    folder = p.write(tmp_path / "platform", without=[lacking] if lacking == "risk_events" else ())
    if lacking == "disclosed_at":
        file = folder / "risk_events.parquet"
        pq.write_table(pq.read_table(file).drop_columns([lacking]), file)
    settings = home(tmp_path / "home")
    ingest(settings, folder)
    with connect(run_build(settings).database) as connection:
        [row] = connection.execute("select outcome, message from chk_outcomes where check_code = 'CN-E15'").fetchall()
        edits = {result.check.code: result.outcome for result in run_edits(connection, "cn", date(2019, 6, 30))}
    assert row == (outcome, "not supplied: risk_events.disclosed_at" if outcome == "not_supplied" else None)
    assert edits["CN-E15"] == outcome


def test_nobody_is_told_that_there_was_no_lawsuit(of_required_tables: Snapshot) -> None:
    """Where no events of loans are supplied, nothing is known of lawsuits, changed abilities to repay, or money used otherwise."""
    columns = "has_purpose_breach, has_ability_change, has_legal_action"
    with connect(of_required_tables.database) as connection:
        for relation in ("rpt_cn_projects_as_of", "rpt_cn_public_projects_as_of"):
            assert connection.execute(f"select {columns} from {relation}(date '2019-06-30')").fetchall() == [(None, None, None)]


def test_the_marketing_page_says_so_in_place_of_zeros(
    of_required_tables: Snapshot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(of_required_tables.database.parents[2]))
    page = run_page("marketing")
    assert not page.exception
    # Funnels, attribution, two kinds of details of costs, sessions and costs by day, campaigns, and tags and costs that no rule knows.
    captions = [caption.value for caption in page.caption]
    assert captions.count("未提供。 Not supplied.") == 8
    assert not any("None in the month" in caption for caption in captions), "people registered and invested, nothing else is known"
    assert not any(words in text for words in ("No campaign", "unknown to the rules") for text in html(page).split("<table"))
    costs = [text for text in html(page).split("<table") if "CAC" in text or "cost of acquisition" in text]
    assert len(costs) >= 2 and not any(">0.00<" in text for text in costs)

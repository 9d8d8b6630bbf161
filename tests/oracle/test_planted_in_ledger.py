"""A simulated platform with every anomaly: each one of the ledger is found under its code, nothing else is, and figures hold."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from simulator import simulate
from simulator.anomalies import ALL_PLANTED, ROOM_FOR_LEDGER, STANDING
from tests.oracle import anomalies, comparing
from tests.oracle.ledger import Book, read_book
from tests.support import homes
from warehouse.build import run_build

END = date(2020, 3, 4)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot, Book]:
    """The platform's folder, the snapshot, and the independent book of the same records."""
    place = tmp_path_factory.mktemp("planted")
    settings = homes.home(place / "home")
    simulate(place / "source", ROOM_FOR_LEDGER, 5, homes.START, END, True)
    ingest(homes.at(settings, homes.morning_after(END)), place / "source")
    return place / "source", run_build(settings), read_book(place / "source")


def test_every_planted_anomaly_is_found_and_nothing_else(built: tuple[Path, Snapshot, Book]) -> None:
    source, snapshot, _ = built
    entries = json.loads((source / "anomalies.json").read_text("utf-8"))
    assert len(entries) == len(ALL_PLANTED) + len(STANDING)
    with connect(snapshot.database) as connection:
        institutions = dict(connection.execute("select loan_id, institution_id from ldg_loans").fetchall())
        found = anomalies.findings(connection, END)
    planted = anomalies.expected_findings(entries, institutions)
    follows = {("CN-E08", entity) for code, entity in planted if code == "CN-E02"}
    assert planted - found == set()
    assert found - planted - follows == set()


@pytest.mark.parametrize("day", [date(2019, 2, 28), date(2019, 8, 31), date(2019, 12, 31), END], ids=str)
def test_figures(built: tuple[Path, Snapshot, Book], day: date) -> None:
    _, snapshot, book = built
    assert comparing.different_figures(snapshot, book, day) == {}
    assert comparing.different_loans(snapshot, book, day) == {}
    assert comparing.different_positions(snapshot, book, day) == {}

"""Rows in quarantine: superseded by what the source says later, accepted by name, released when the rules let them; none is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook.errors import InputError
from glassbook.lake.loads import TableLoad, visible_loads
from glassbook.settings import Settings
from ingestion import contract
from ingestion.loading.cursors import since
from ingestion.loading.held_rows import STATES, Choice, parse_id, quarantine_sql
from ingestion.loading.load import ingest
from ingestion.quarantine import decisions
from tests.support.lake import a_home, a_platform, rows, stray_files
from tests.support.platform import Platform

LI = "Li Na"
UNUSED = {name for name, table in contract.load_contract().tables.items() if not table.required and name != "fees"}


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


Load = Callable[[Platform], Any]


@pytest.fixture
def load(home: Settings, tmp_path: Path) -> Load:
    """Writes a platform as a folder, loads it, and proves the sums of the load."""

    def load(p: Platform) -> Any:
        return ingest(home, p.write(tmp_path / "source", without=UNUSED))

    return load


def states(home: Settings) -> dict[str, str]:
    """State by id of every row in quarantine."""
    with duckdb.connect() as connection:
        found = connection.execute(f"select quarantine_id, state_code from {quarantine_sql(home, visible_loads(home))} order by 1")
        return dict(found.fetchall())


def held(*ids: str) -> Choice:
    return Choice(ids=tuple(map(parse_id, ids)))


def with_bad_fees(count: int = 1) -> Platform:
    """The small platform with fees whose kind is not in the contract's list."""
    p = a_platform()
    for i in range(count):
        p.fee("98765432109.87" if i == 0 else "7.00", "2019-02-01 10:00", kind="parking")
    return p


def parking_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes the rule: the contract of today lists the fee kind."""
    table = contract.load_contract().tables["fees"]
    columns = tuple(replace(c, values=(*c.values, "parking")) if c.name == "fee_kind" and c.values else c for c in table.columns)
    changed = replace(contract.load_contract(), tables=contract.load_contract().tables | {"fees": replace(table, columns=columns)})
    for module in ("ingestion.quarantine.decisions", "ingestion.loading.load", "ingestion.quarantine.pages"):
        monkeypatch.setattr(f"{module}.load_contract", lambda: changed)


def fees_since(home: Settings) -> datetime | None:
    """From where the next load would read fees."""
    loads = visible_loads(home)
    return since(home, loads[0].source, contract.load_contract().tables["fees"], None, loads)


def require_sums(home: Settings, table: str, column: str) -> None:
    """read + released = new + unchanged + duplicate + quarantined over all entries, in rows and in money; new is what the lake holds."""
    entries: list[TableLoad] = [x.tables[table] for x in visible_loads(home) if table in x.tables]
    for entry in entries:
        parts = entry.rows_new + entry.rows_unchanged + entry.rows_duplicate + entry.rows_quarantined
        assert entry.rows_read + entry.rows_released == parts
    total = {
        part: sum((Decimal(e.money_sums[column].get(part, "0")) for e in entries if e.money_sums), Decimal(0))
        for part in ("read", "released", "new", "unchanged", "duplicate", "quarantined")
    }
    assert total["read"] + total["released"] == total["new"] + total["unchanged"] + total["duplicate"] + total["quarantined"]
    assert total["new"] == sum(row[column] for row in rows(home, table)) and not stray_files(home)


def test_a_row_fixed_at_the_source_supersedes_the_one_that_is_held(home: Settings, load: Load) -> None:
    p = with_bad_fees(2)
    assert load(p).tables["fees"].rows_open == 2
    p.rows("fees")[1]["fee_kind"] = "late"
    fees = load(p).tables["fees"]
    assert (fees.rows_new, fees.rows_superseded, fees.rows_open) == (1, 1, 1)
    assert states(home) == {"fees-1-1": "superseded", "fees-1-2": "open"}
    assert load(p) == visible_loads(home)[-1] and len(visible_loads(home)) == 2, "and the next load has nothing to say"
    require_sums(home, "fees", "amount")


def test_a_conflict_that_the_source_takes_back_is_superseded_and_one_that_returns_is_held_again(home: Settings, load: Load) -> None:
    p = a_platform()
    load(p)
    fee = p.rows("fees")[0]
    was = fee["amount"]
    fee["amount"] = Decimal("9.99")
    load(p)
    assert states(home) == {"fees-2-1": "open"}
    fee["amount"] = was
    back = load(p)
    assert back.rows_new == 0 and states(home) == {"fees-2-1": "superseded"}, "nothing new came, and yet something was fixed"
    fee["amount"] = Decimal("9.99")
    load(p)
    assert states(home) == {"fees-2-1": "superseded", "fees-4-1": "open"}
    require_sums(home, "fees", "amount")


def test_a_newer_version_supersedes_an_older_one_though_the_source_tells_both(home: Settings, load: Load) -> None:
    p = a_platform()
    p.change("users", 1, "2019-03-01 10:00", gender="unknown")
    load(p)
    assert states(home) == {"users-1-1": "open"}
    p.change("users", 1, "2019-03-02 10:00", gender="female")
    load(p)
    assert states(home) == {"users-1-1": "superseded"}
    assert load(p) == visible_loads(home)[-1] and len(visible_loads(home)) == 2, "the old version is not held again at every load"
    p.change("users", 1, "2019-03-03 10:00", gender="unknown")
    load(p)
    assert states(home) == {"users-1-1": "superseded", "users-3-1": "open"}


def test_acceptance_is_an_entry_with_name_and_reason_and_the_row_stays_out(home: Settings, load: Load) -> None:
    p = with_bad_fees(2)
    load(p)
    decided = decisions.accept(home, held("fees-1-1"), f"  {LI} ", "a test booking,\n no customer")
    assert decided.load is not None and decided.rows == 1
    entry = visible_loads(home)[-1]
    assert entry == decided.load and entry.decision is not None
    assert (entry.decision.kind, entry.decision.by, entry.decision.reason) == ("accept", LI, "a test booking, no customer")
    assert states(home) == {"fees-1-1": "accepted", "fees-1-2": "open"} and entry.tables["fees"].rows_open == 1
    assert len(rows(home, "fees")) == 1
    assert load(p).load_seq == 1, "the source has nothing new, and a decision is no load of it"
    p.rows("fees")[1]["fee_kind"] = "late"
    load(p)
    assert states(home)["fees-1-1"] == "superseded", "an accepted row that is fixed is accepted no more"
    require_sums(home, "fees", "amount")


def test_a_row_enters_the_lake_when_the_rule_has_changed(home: Settings, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    p = with_bad_fees(2)
    p.rows("fees")[1]["created_at"] = p.instant("2025-01-01 10:00")
    p.rows("fees")[2]["fee_kind"] = "lunch"
    load(p)
    decisions.accept(home, held("fees-1-1"), LI, "for now")
    cursor = fees_since(home)
    nothing = decisions.release(home, Choice(table="fees"), LI)
    assert nothing.load is None and [(r.quarantine_id, r.reason_code, r.column) for r in nothing.still_held] == [
        ("fees-1-1", "value_not_in_list", "fee_kind"),
        ("fees-1-2", "value_not_in_list", "fee_kind"),
    ]
    assert len(visible_loads(home)) == 2 and not stray_files(home)
    parking_is_listed(monkeypatch)
    done = decisions.release(home, Choice(table="fees"), LI, "the contract lists parking")
    assert done.rows == 1 and [r.quarantine_id for r in done.still_held] == ["fees-1-2"]
    assert states(home) == {"fees-1-1": "released", "fees-1-2": "open"}
    released = [row for row in rows(home, "fees") if row["_load_seq"] == 3]
    assert [(row["amount"], row["fee_kind"]) for row in released] == [(Decimal("98765432109.87"), "parking")], "to the cent"
    fees = visible_loads(home)[-1].tables["fees"]
    assert fees.money_sums["amount"]["released"] == fees.money_sums["amount"]["new"] == "98765432109.87"
    require_sums(home, "fees", "amount")
    assert fees.cursor_to == "2025-01-01 02:00:00" and fees_since(home) == cursor, "a released row of a later day hides none that follow"
    assert load(p).load_seq == 1, "the released row is known, the other waits: nothing new"


def test_a_held_row_that_enters_the_lake_with_a_load_waits_no_more(home: Settings, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    p = with_bad_fees(2)
    p.rows("fees")[2]["fee_kind"] = "lunch"
    load(p)
    parking_is_listed(monkeypatch)
    fees = load(p).tables["fees"]
    assert (fees.rows_new, fees.rows_superseded, fees.rows_open) == (1, 1, 1)
    assert states(home) == {"fees-1-1": "superseded", "fees-1-2": "open"}
    require_sums(home, "fees", "amount")


def test_a_superseded_row_is_not_released(home: Settings, load: Load) -> None:
    p = with_bad_fees()
    load(p)
    p.rows("fees")[1]["fee_kind"] = "late"
    load(p)
    with pytest.raises(InputError, match="which is superseded"):
        decisions.release(home, held("fees-1-1"), LI)


@pytest.mark.parametrize(
    ("choice", "by", "reason", "message"),
    [
        (held("fees-1-1"), " ", "because", "--by"),
        (held("fees-1-1"), LI, " \n ", "--reason"),
        (held("fees-1-9"), LI, "because", "no row fees-1-9"),
        (held("fees-1-1"), LI, "because", "which is accepted"),
        (Choice(table="users"), LI, "because", "no such row"),
        (Choice(table="fees", load_seq=7), LI, "because", "no such row"),
    ],
)
def test_a_decision_that_will_not_do_is_refused_and_changes_nothing(
    home: Settings, load: Load, choice: Choice, by: str, reason: str, message: str
) -> None:
    load(with_bad_fees())
    decisions.accept(home, held("fees-1-1"), LI, "first")
    with pytest.raises(InputError, match=message):
        decisions.accept(home, choice, by, reason)
    assert len(visible_loads(home)) == 2 and not stray_files(home)


def test_choosing_by_rule_and_load(home: Settings, load: Load) -> None:
    p = with_bad_fees(1)
    load(p)
    p.fee("7.00", "2019-02-01 10:00", kind="parking")
    load(p)
    assert decisions.accept(home, Choice(reason_code="value_not_in_list", load_seq=2), LI, "second alone").rows == 1
    assert states(home) == {"fees-1-1": "open", "fees-2-1": "accepted"}
    assert set(STATES) >= set(states(home).values())


def test_what_was_known_before_a_decision_stays(home: Settings, load: Load) -> None:
    before = load(with_bad_fees()).loaded_at
    decisions.accept(home, held("fees-1-1"), LI, "because")
    with duckdb.connect() as connection:
        query = f"select state_code, decided_by from {quarantine_sql(home, visible_loads(home, before))}"
        assert connection.execute(query).fetchall() == [("open", None)]


def test_ids_that_are_none_are_refused() -> None:
    for text in ("fees", "fees-1", "fees-1-x", "fees-1-2-3", "fees-1-²"):
        with pytest.raises(InputError):
            parse_id(text)

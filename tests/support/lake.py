"""What a reader of a lake sees: only files that the load log names; and loads that must be refused. For tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from glassbook.errors import InputError
from glassbook.lake.comparison import replaced_files
from glassbook.lake.loads import files_of, visible_loads
from glassbook.lake.log import LOADS, read_entries
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from ingestion.loading.quiet_loads import FILE
from tests.support.platform import Platform

_DIGESTS = ("sha256", "quarantine_sha256", "gone_sha256", "states_sha256", "withdrawn_sha256")


def a_home(folder: Path) -> Settings:
    """Settings of an empty home."""
    return Settings(home=folder, memory_limit="512MB")


def a_platform() -> Platform:
    """A loan of 1,000 with two instalments, of which one is paid, and a fee."""
    platform = Platform()
    loan = platform.loan("1000.00")
    platform.plan(loan, [("2019-02-10", "500.00", "10.00"), ("2019-03-10", "500.00", "5.00")])
    platform.repay(loan, 1, "2019-02-10 12:00", "500.00", "10.00")
    platform.fee("3.21", "2019-01-10 10:00", loan_id=loan)
    return platform


def rows(settings: Settings, table: str) -> list[dict[str, Any]]:
    """The visible rows of a table, in the order of loads and files, with `_load_seq`."""
    paths = [settings.lake_dir / t.path for load in visible_loads(settings) if (t := load.tables.get(table)) and t.path]
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def quarantine(settings: Settings, table: str) -> list[dict[str, Any]]:
    """The visible rows of a table in quarantine."""
    paths = [
        settings.lake_dir / t.quarantine_path for load in visible_loads(settings) if (t := load.tables.get(table)) and t.quarantine_path
    ]
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def content(settings: Settings) -> dict[str, Any]:
    """Everything that a reader of the lake sees, except when it was loaded and in which pieces its files were written."""
    loads = visible_loads(settings)
    tables = loads[0].tables if loads else {}
    seen: dict[str, Any] = {name: (rows(settings, name), quarantine(settings, name)) for name in tables}
    entries = [{name: replace(table, bytes=0, **dict.fromkeys(_DIGESTS)) for name, table in load.tables.items()} for load in loads]
    return seen | {"_loads": [(load.load_seq, load.load_id, entry) for load, entry in zip(loads, entries, strict=True)]}


def newest(settings: Settings, table: str, key: int) -> dict[str, Any]:
    """The newest version of a key: greatest updated_at, then load, then order in the file."""
    versions = [row for row in rows(settings, table) if next(iter(row.values())) == key]
    return max(enumerate(versions), key=lambda v: (v[1]["updated_at"], v[1]["_load_seq"], v[0]))[1]


def stray_files(settings: Settings) -> list[str]:
    """Files of the lake that no visible load names, except the lock and the record of loads that found nothing."""
    named = {".lock", f"{LOADS}/{FILE}"}
    loads = visible_loads(settings)
    named |= replaced_files(read_entries(settings))
    named |= {f"{LOADS}/{load.load_seq:08d}.json" for load in loads} | files_of(loads).keys()
    found = {str(p.relative_to(settings.lake_dir)) for p in settings.lake_dir.rglob("*") if p.is_file()}
    return sorted(found - named)


def refused(settings: Settings, address: str | Path, plan: LoadPlan | None = None) -> InputError:
    """The error that a load ends with; nothing of the load may be visible."""
    before = visible_loads(settings)
    with pytest.raises(InputError) as caught:
        ingest(settings, address, plan)
    assert visible_loads(settings) == before
    assert not stray_files(settings)
    return caught.value


def assert_arrived(settings: Settings, records: Platform, folder: Path) -> None:
    """The required tables hold the same rows, in any order, as when a folder brings the records."""
    other = a_home(folder / "other")
    ingest(other, records.write(folder / "source"))
    for table in load_contract().tables.values():
        if table.required or table.name == "fees":
            found, expected = (sorted(rows(h, table.name), key=lambda row: [row[n] or 0 for n in table.key]) for h in (settings, other))
            assert found == expected, table.name

"""Simulated platforms that the simulator's tests share, made once per process, and a way to query them with SQL."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import duckdb

from ingestion.contract import load_contract
from simulator import simulate

START = date(2018, 1, 1)
END = date(2019, 12, 31)


@cache
def _place() -> Path:
    place = Path(tempfile.mkdtemp(prefix="simulated-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


@cache
def platform(loans: int = 1500, seed: int = 7, end: date = END, anomalies: bool = False) -> Path:
    """Folder of the platform with these arguments."""
    out = _place() / f"{loans}-{seed}-{end}-{anomalies}"
    simulate(out, loans, seed, START, end, anomalies)
    return out


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with one view per table of the platform in `folder`."""
    database = duckdb.connect(config={"threads": 2})
    for name in load_contract().tables:
        file = folder / f"{name}.parquet"
        source = file if file.exists() else folder / name / "*.parquet"
        database.execute(f"CREATE VIEW {name} AS SELECT * FROM '{source}'")
    return database


def count(database: duckdb.DuckDBPyConnection, query: str) -> int:
    """Rows that a query returns."""
    found = database.execute(f"SELECT count(*) FROM ({query})").fetchone()
    assert found is not None
    return int(found[0])

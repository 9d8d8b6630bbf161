"""Runs the statements over the chunks of a simulation and writes the tables of the contract as Parquet.

Each chunk of listings is made by one single-threaded engine, so that the same call always gives the same bytes; chunks
are independent of each other and run in parallel.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from glassbook.engine import connect
from glassbook.sql_paths import file_written
from ingestion.contract import Table, load_contract
from simulator.annuity import annuity_table
from simulator.anomalies import ALL_PLANTED, describe, override_table, standing_anomalies
from simulator.campaigns import all_campaigns, campaign_table
from simulator.clock import day_table
from simulator.folder import replaced_folder
from simulator.frame import Frame
from simulator.plan import LOOK_AHEAD_DAYS, Plan, sql_file
from simulator.profile import write_profile

WORLD = ("world/products", "world/partners", "world/session_templates", "world/spending")
# Ordered so that each needs only those before it.
STEPS = (
    "lending/listing",
    "lending/investment",
    "lending/instalment",
    "lending/payment",
    "lending/collection",
    "lending/transfer",
    "people/person",
    "lending/withdrawal",
    "lending/fee",
    "people/reward",
    "lending/custody",
    "people/session",
    "people/message",
)
# Tables that are small whatever the size of the platform, written once.
SMALL_TABLES = frozenset(
    {
        "products",
        "institutions",
        "branches",
        "campaigns",
        "marketing_costs",
        "marketing_cost_details",
        "seo_rankings",
        "seo_site_metrics",
        "media_mentions",
        "page_checks",
        "risk_events",
        "targets",
    }
)
WORKERS = 2


@dataclass(frozen=True)
class Simulation:
    """What was made: rows of each table and the anomalies planted."""

    out: Path
    rows: dict[str, int]
    anomalies: list[dict[str, Any]]


def simulate(out: Path, loans: int, seed: int, start: date, end: date, anomalies: bool = True) -> Simulation:
    """Writes a simulated platform into the folder `out`, atomically.

    `loans` is the number of listings in the first 24 months from `start`; what was known by the end of `end` is written.
    An earlier simulation of the same seed, size and start in `out` is replaced. Raises InputError when `out` holds
    anything else, or when the dates are the wrong way round.
    """
    plan = Plan(loans=loans, seed=seed, start=start, end=end, has_anomalies=anomalies)
    with replaced_folder(out, plan) as folder:
        made = _Maker(plan, folder).make()
        write_profile(folder, plan)
        text = json.dumps(made.anomalies, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        (folder / "anomalies.json").write_text(text, encoding="utf-8")
    return Simulation(out, made.rows, made.anomalies)


class _Maker:
    """Makes the tables of one plan in one folder."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.tables = load_contract().tables
        campaigns = all_campaigns(plan, plan.end + timedelta(days=LOOK_AHEAD_DAYS))
        self.frames: dict[str, Frame] = {
            "day": day_table(plan, campaigns),
            "campaign": campaign_table(campaigns),
            "annuity": annuity_table(),
        }
        with self._engine() as database:
            self.frames["override"] = override_table(plan, database)
        self.chunks = sorted({chunk for chunk in self.frames["day"].columns["chunk"] if chunk is not None})

    def make(self) -> Simulation:
        rows: Counter[str] = Counter({name: 0 for name in self.tables})
        found: list[dict[str, Any]] = []
        for name in sorted(self.tables.keys() - SMALL_TABLES):
            if len(self.chunks) > 1:
                (self.folder / name).mkdir()
        with ThreadPoolExecutor(worker_count()) as pool:
            for counts, planted in pool.map(self._make_part, [None, *self.chunks]):
                rows.update(counts)
                found.extend(planted)
        return Simulation(self.folder, dict(rows), found)

    def _make_part(self, chunk: int | None) -> tuple[dict[str, int], list[dict[str, Any]]]:
        with self._engine() as database:
            if chunk is None:
                names = sorted(SMALL_TABLES)
            else:
                database.execute("SET VARIABLE chunk = $chunk", {"chunk": chunk})
                for step in STEPS:
                    database.execute(sql_file(*step.split("/")))
                names = sorted(self.tables.keys() - SMALL_TABLES)
            counts = {name: self._write(database, self.tables[name], chunk) for name in names}
            return counts, self._planted(database) if chunk is not None else standing_anomalies(self.plan)

    def _engine(self) -> duckdb.DuckDBPyConnection:
        """A fresh engine with the world that all chunks share."""
        database = connect(options={"threads": 1, "memory_limit": "3GB", "temp_directory": str(self.folder / ".spill")})
        for name, frame in self.frames.items():
            frame.create(database, name)
        variables: dict[str, Any] = {
            "seed": self.plan.seed,
            "loans": self.plan.loans,
            "stride": self.plan.stride,
            "start_s": self.plan.start_s,
            "start_on": self.plan.start,
            "cut_s": self.plan.cut_s,
            "has_anomalies": self.plan.has_anomalies,
        }
        for name, value in variables.items():
            wide = "::BIGINT" if type(value) is int else ""
            database.execute(f"SET VARIABLE {name} = $value{wide}", {"value": value})
        for statement in ("macros", *WORLD):
            database.execute(sql_file(*statement.split("/")))
        return database

    def _write(self, database: duckdb.DuckDBPyConnection, table: Table, chunk: int | None) -> int:
        """Writes one table of this chunk with the columns and types of the contract; returns its rows."""
        columns = ", ".join(f"{column.name}::{column.duckdb_type} AS {column.name}" for column in table.columns)
        is_whole = chunk is None or len(self.chunks) == 1
        path = self.folder / (f"{table.name}.parquet" if is_whole else f"{table.name}/{chunk:05d}.parquet")
        written = database.execute(
            f"COPY (SELECT {columns} FROM ({sql_file('tables', table.name)})) TO {file_written(path)} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
        return int(written[0]) if written else 0

    def _planted(self, database: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        known = database.execute(
            """
            SELECT o.number, o.k, p.n
            FROM override AS o
            INNER JOIN listing AS l ON o.k = l.k AND is_known(l.disbursed_s)
            LEFT JOIN payment AS p ON o.k = p.k AND p.n <= 5 AND is_known(p.known_s)
            """
        ).fetchall()
        paid = {(number, k): 0 for number, k, _ in known}
        for number, k, n in known:
            paid[number, k] = max(paid[number, k], n or 0)
        return [describe(number, k) for (number, k), last in sorted(paid.items()) if last >= ALL_PLANTED[number].instalment_no]


def worker_count() -> int:
    """Number of engines that run in parallel; more engines than cores would only share the cores."""
    return max(1, min(WORKERS, os.cpu_count() or 1))

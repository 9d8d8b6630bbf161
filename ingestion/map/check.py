"""What a mapping covers: table by table which columns come from where, which are missing, and which figures are lost by that.

Belongs here: comparing a mapping with the contract and, where one is open, with the source. Does not: what a mapping may say (`mapping`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from glassbook.catalogue import load_metrics, metric_sets
from glassbook.clock import now
from glassbook.engine import connect
from glassbook.errors import InputError
from glassbook.settings import Settings
from ingestion.contract import Table, load_contract
from ingestion.contract.horizon import horizon_of
from ingestion.loading.completeness import complete_until
from ingestion.mapping import Mapping, TableMapping
from ingestion.mapping.given_sql import require_reading
from ingestion.sources.database import DatabaseSource
from ingestion.sources.table import Request


@dataclass(frozen=True)
class Coverage:
    """One contract table: `missing` columns are required, `null` ones are not, for `stood_in` ones the mapping gives a value of its own.

    `problem`: what in the source contradicts the mapping.
    """

    table: Table
    is_supplied: bool
    covered: int
    missing: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    stood_in: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def is_right(self) -> bool:
        """Whether a load can use it; a table that is not supplied is right unless the contract requires it."""
        return not self.missing and self.problem is None and (self.is_supplied or not self.table.required)


def coverage(mapping: Mapping, source: DatabaseSource | None = None) -> list[Coverage]:
    """What the mapping says of each contract table; with a source, also whether tables, columns and types are there as it says."""
    with connect() as engine:
        return [_of(table, mapping.of(name), source, engine) for name, table in load_contract().tables.items()]


@dataclass(frozen=True)
class DaySaid:
    """What the source answers to the mapping's `complete_until`, in words, and whether a load can use it."""

    told: str
    is_right: bool


def day_said(settings: Settings, mapping: Mapping, source: DatabaseSource) -> DaySaid | None:
    """The day up to which the source says that it is complete, as the mapping asks it; None if the mapping does not ask."""
    if mapping.complete_until is None:
        return None
    try:
        day = complete_until(settings, source, "", mapping, horizon_of(settings, now(settings)))
    except InputError as error:
        return DaySaid(f"✗ {error}", False)
    return DaySaid(f"{day}" if day else "the source says no day now; the newest row's day counts", True)


def figures_without(covered: list[Coverage]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Code, name and missing tables or columns of every figure that will be not supplied, in the catalogue's order."""
    absent = {found.table.name for found in covered if not found.is_supplied}
    absent |= {f"{found.table.name}.{name}" for found in covered for name in (*found.null, *found.stood_in)}
    absent |= {f"{found.table.name}.{column.name}" for found in covered if not found.is_supplied for column in found.table.columns}
    lost = []
    for name in metric_sets():
        for metric in load_metrics(name):
            needs = tuple(need for need in metric.needs if need in absent)
            if needs:
                lost.append((metric.code, metric.name_en, needs))
    return lost


def _of(table: Table, mapped: TableMapping | None, source: DatabaseSource | None, engine: duckdb.DuckDBPyConnection) -> Coverage:
    if mapped is None:
        return Coverage(table, False, 0)
    missing = tuple(c.name for c in table.columns if c.name not in mapped.columns and not c.nullable)
    null = tuple(c.name for c in table.columns if c.name not in mapped.columns and c.nullable)
    stood_in = tuple(name for name, rule in mapped.columns.items() if rule.stand_in is not None)
    problem = None
    if source is not None:
        try:
            require_reading(mapped, source.dialect, f"{source.name}, table {table.name}")
            if not missing:
                source.open(engine, table, Request(mapped, shape_only=True))
        except InputError as error:
            problem = str(error)
    return Coverage(table, True, len(mapped.columns) - len(stood_in), missing, null, stood_in, problem)

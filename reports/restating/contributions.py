"""What each row adds to a figure on each side, and where the two differ: the loans behind a changed figure.

Belongs here: reading the rows of both snapshots and comparing them key by key. Does not: why they differ (`comparison`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from glassbook.catalogue import Metric
from glassbook.engine import connect
from glassbook.snapshots import Snapshot
from glassbook.sql_paths import database_attached


@dataclass(frozen=True)
class Moved:
    """A key whose contribution to a figure differs between the sides; a key missing on one side adds 0 there."""

    key: tuple[str, ...]
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        """How much it moves the figure."""
        return self.after - self.before


class Contributions:
    """Rows behind figures of two snapshots, collected in a scratch database; each model is read only once per side."""

    def __init__(self, scratch: Path, before: Snapshot, after: Snapshot, metrics: Iterable[Metric], as_of: date) -> None:
        self._groups: dict[tuple[str, tuple[str, ...]], list[Metric]] = {}
        for metric in metrics:
            if metric.model is not None:
                self._groups.setdefault((metric.model, metric.key), []).append(metric)
        self._tables = {metric.code: f"rows_{place}" for place, group in enumerate(self._groups.values()) for metric in group}
        for side, snapshot in (("before", before), ("after", after)):
            self._gather(scratch, side, snapshot, as_of)

    def has(self, code: str) -> bool:
        """Whether both snapshots have rows of that figure."""
        return code in self._tables

    def moved(self, connection: duckdb.DuckDBPyConnection, code: str) -> list[Moved]:
        """Keys with different contributions to the figure, the largest move first; `connection` is to the scratch database."""
        table, column = self._tables[code], f'"{code}"'
        rows = connection.execute(
            f"select coalesce(b.keys, a.keys) as k, coalesce(b.{column}, 0) as x, coalesce(a.{column}, 0) as y "
            f"from before_{table} b full join after_{table} a on a.keys = b.keys where x <> y "
            "order by abs(y - x) desc, list_transform(k, lambda part : lpad(part, 20, '0')), k"
        ).fetchall()
        return [Moved(tuple(keys), old, new) for keys, old, new in rows]

    def moved_loans(self, connection: duckdb.DuckDBPyConnection) -> set[str]:
        """Loans with different contributions to any figure whose rows are loans."""
        found: set[str] = set()
        for (_, key), group in self._groups.items():
            table = self._tables.get(group[0].code)
            if table is None or key != ("loan_id",):
                continue
            differs = " or ".join(f'coalesce(b."{m.code}", 0) <> coalesce(a."{m.code}", 0)' for m in group)
            both = f"before_{table} b full join after_{table} a on a.keys = b.keys"
            rows = connection.execute(f"select unnest(coalesce(b.keys, a.keys)) from {both} where {differs}").fetchall()
            found.update(loan for (loan,) in rows)
        return found

    def _gather(self, scratch: Path, side: str, snapshot: Snapshot, as_of: date) -> None:
        with connect(scratch) as connection:
            # Definitions in a snapshot name the database after its file.
            name = snapshot.database.stem
            attach(connection, snapshot, name)
            connection.execute(f"use {name}")
            for (model, key), group in self._groups.items():
                keys = ", ".join(f"coalesce({column}::varchar, '')" for column in key)
                sums = ", ".join(f'sum(cast({metric.column} as decimal(38, 12))) as "{metric.code}"' for metric in group)
                table = self._tables.get(group[0].code)
                try:
                    connection.execute(
                        f"create table {scratch.stem}.{side}_{table} as select [{keys}]::varchar[] as keys, {sums} "
                        f"from {model}(cast($as_of as date)) group by 1",
                        {"as_of": as_of},
                    )
                except (duckdb.CatalogException, duckdb.BinderException):
                    # A snapshot of other models; the comparison names them as the cause.
                    for metric in group:
                        self._tables.pop(metric.code, None)


def attach(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str) -> None:
    """Attaches a snapshot's warehouse, read-only."""
    connection.execute(f"attach {database_attached(snapshot.database)} as {name} (read_only)")

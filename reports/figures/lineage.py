"""Where a figure comes from: its upstream models and the loads that fed them, read from the snapshot's control tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class LoadBehind:
    """One load as it concerns a figure: `rows_new` counts the rows it added to the upstream tables."""

    load_seq: int
    load_id: str
    loaded_at: str
    tables: tuple[str, ...]
    rows_new: int


class Lineage:
    """The graph of models of one snapshot."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._parents: dict[str, list[str]] = {}
        for model, parent in connection.execute(
            "select distinct model, depends_on from ctl_lineage where depends_on is not null order by model, depends_on"
        ).fetchall():
            self._parents.setdefault(model, []).append(parent)
        self._loads = self._connection.execute(
            """
            select t.load_seq, l.load_id, strftime(cast(l.loaded_at as timestamp), '%Y-%m-%dT%H:%M:%SZ'), t.table_name, t.rows_new
            from ctl_load_tables as t inner join ctl_loads as l using (load_seq)
            order by t.load_seq, t.table_name
            """
        ).fetchall()

    def parents(self, model: str) -> list[str]:
        """Models and tables that `model` reads directly."""
        return self._parents.get(model, [])

    def upstream(self, models: Iterable[str]) -> list[str]:
        """Everything that the models read, directly or indirectly, in order of name."""
        found: set[str] = set()
        pending = list(models)
        while pending:
            for parent in self.parents(pending.pop()):
                if parent not in found:
                    found.add(parent)
                    pending.append(parent)
        return sorted(found)

    def loads(self, upstream: Iterable[str]) -> list[LoadBehind]:
        """Loads with new rows for the contract tables among `upstream`, oldest first."""
        names = {name.rsplit(".", 1)[-1] for name in upstream}
        by_load: dict[int, list[tuple[int, str, str, str, int]]] = {}
        for row in self._loads:
            table, rows_new = row[3], row[4]
            if rows_new and names & {table, f"stg_{table}", f"raw_{table}"}:
                by_load.setdefault(row[0], []).append(row)
        return [
            LoadBehind(seq, rows[0][1], rows[0][2], tuple(row[3] for row in rows), sum(row[4] for row in rows))
            for seq, rows in sorted(by_load.items())
        ]

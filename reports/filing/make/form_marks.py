"""Hashes of what a snapshot says in the forms of many rows and of kinds, to compare two snapshots without rendering a form.

Belongs here: hashes ("marks") to compare within one process. Does not: anything that is stored; another version of the engine hashes the
same rows differently.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from glassbook.snapshots import Snapshot, connect
from reports.filing.declare.regime import Regime

if TYPE_CHECKING:
    import duckdb


def form_marks(snapshot: Snapshot, regime: Regime, as_of: date) -> dict[str, str]:
    """The mark of each form by its sheet; empty for a form whose relation the snapshot lacks."""
    forms = {form.sheet: (form.relation, [column.name for column in form.columns]) for form in regime.table_forms}
    forms |= {part.sheet: (part.relation, [c.name for c in part.columns if not c.is_row_count]) for part in regime.breakdowns}
    with connect(snapshot.database) as connection:
        return {sheet: _mark(connection, relation, names, as_of) for sheet, (relation, names) in forms.items()}


def _mark(connection: duckdb.DuckDBPyConnection, relation: str, names: list[str], as_of: date) -> str:
    there = connection.execute("select 1 from duckdb_functions() where function_name = ? and function_type = 'table_macro'", [relation])
    if there.fetchone() is None:
        return ""
    columns = ", ".join(f'"{name}"' for name in names)
    # Rows come in any order, and a duplicate row counts twice.
    query = f"select count(*), coalesce(sum(hash({columns})::hugeint), 0) from {relation}(cast(? as date))"
    return str(connection.execute(query, [as_of]).fetchone())

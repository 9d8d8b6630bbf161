"""Rows in no figure because they broke a form rule: how many, how much money, and who accepted which of them, for a filing.

Belongs here: arranging what the warehouse says of them. Does not: the content of a row (only the lake has it), decisions (`ingestion`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from reports.present.cells import exact_text

if TYPE_CHECKING:
    import duckdb

STATES = ("open", "accepted", "superseded", "released")

_ROWS_SQL = f"""
select table_name, {", ".join(f"count_if(state_code = '{state}')::bigint" for state in STATES)}
from ctl_quarantine group by table_name order by table_name
"""
_SUMS_SQL = f"""
select table_name, column_name, {", ".join(f"{state}_amount" for state in STATES)}
from ctl_quarantine_sums order by table_name, column_name
"""
_ACCEPTED_SQL = """
select quarantine_id, table_name, key_text, reason_code, column_name, load_seq, decided_by, decision_reason, decided_at
from ctl_quarantine where state_code = 'accepted' order by table_name, load_seq, row_no
"""
_ACCEPTED_NAMES = ("id", "table", "key", "rule", "column", "load", "by", "reason", "at")


@dataclass(frozen=True)
class QuarantineControls:
    """Rows and money in quarantine by state, every accepted row by id, and which sums differ from the load log's."""

    rows: list[dict[str, Any]]
    money: list[dict[str, Any]]
    accepted: list[dict[str, Any]]

    @property
    def broken(self) -> list[str]:
        """The identities that do not hold, in words."""
        return [
            *(f"quarantined rows of {row['table']}" for row in self.rows if row["difference"] != 0),
            *(f"quarantined sum of {row['table']}.{row['column']}" for row in self.money if Decimal(row["difference"]) != 0),
        ]

    def record(self) -> dict[str, Any]:
        """As controls.json writes it."""
        return {"rows": self.rows, "money": self.money, "accepted": self.accepted}


def read_quarantine(
    connection: duckdb.DuckDBPyConnection, logged_rows: Sequence[dict[str, Any]], logged_sums: Sequence[dict[str, Any]]
) -> QuarantineControls:
    """What the warehouse says of quarantine, compared with what the load log counted (`rows` and `money` of controls.json)."""
    by_table = {table: parts for table, *parts in connection.execute(_ROWS_SQL).fetchall()}
    rows = []
    for row in logged_rows:
        parts = by_table.get(row["table"], [0] * len(STATES))
        if row["quarantined"] or any(parts):
            differs = row["quarantined"] - sum(parts) or row["released"] - parts[-1]
            rows.append(
                {"table": row["table"], "quarantined": row["quarantined"], **dict(zip(STATES, parts, strict=True)), "difference": differs}
            )
    by_column = {(table, column): parts for table, column, *parts in connection.execute(_SUMS_SQL).fetchall()}
    money = []
    for row in logged_sums:
        sums = by_column.get((row["table"], row["column"]), [Decimal(0)] * len(STATES))
        logged = Decimal(row["quarantined"])
        if logged or any(sums):
            apart = logged - sum(sums) or Decimal(row["released"]) - sums[-1]
            texts = dict(zip(STATES, map(exact_text, sums), strict=True))
            money.append(
                {
                    "table": row["table"],
                    "column": row["column"],
                    "quarantined": row["quarantined"],
                    **texts,
                    "difference": exact_text(apart),
                }
            )
    accepted = [dict(zip(_ACCEPTED_NAMES, found, strict=True)) for found in connection.execute(_ACCEPTED_SQL).fetchall()]
    for entry in accepted:
        entry["at"] = entry["at"].isoformat() + "+00:00"
    return QuarantineControls(rows, money, accepted)

"""What a live database holds of a simulated platform at a moment: one row per key, without rows removed before it.

The folder that the simulator writes keeps every row, as it was first written. A live database does not: after some months the platform's
own housekeeping removes applications that were given up, failed attempts to give a name, and complaints entered by mistake. Two changes are
made by hand, in the first days of the third year: an amount is overwritten, and a fee is deleted. Every instant here follows from the row
itself or from the platform's first day, never from the horizon.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from glassbook.engine import connect
from ingestion.contract import Table, load_contract
from simulator.plan import Plan

# Housekeeping: table, the instant at which a row goes, and why.
PURGES = {
    "loan_applications": (
        "CASE WHEN decision = 'withdrawn' THEN decided_at + INTERVAL 90 DAY END",
        "the platform removes applications that were given up 90 days before",
    ),
    "user_verifications": (
        "CASE WHEN verification_kind = 'real_name' AND outcome = 'failed' THEN verified_at + INTERVAL 180 DAY END",
        "the platform removes failed attempts to give a real name after 180 days",
    ),
    "complaints": (
        "deleted_at + INTERVAL 30 DAY",
        "the platform removes complaints 30 days after they were marked as deleted",
    ),
}
# By hand, on these days of the platform, at ten in the morning there (UTC+8).
AMOUNT_OVERWRITTEN_DAY = 733
FEE_DELETED_DAY = 735
# The fee is the first borrower's fee that came into the books from this day on.
FEE_FROM_DAY = 600
HAND_AT = timedelta(hours=10)
OFFSET = timedelta(hours=8)
# If a row were changed by hand on the day on which it came, its first content would never be seen.
AT_LEAST = timedelta(days=1)


@dataclass(frozen=True)
class Moment:
    """The end of a day of the platform, as a naive UTC instant; what was known before it is in the database."""

    at: datetime

    @classmethod
    def after(cls, plan: Plan) -> Moment:
        """The end of the plan's last day."""
        return cls(datetime.combine(plan.end + timedelta(days=1), time()) - OFFSET)

    @property
    def sql(self) -> str:
        """As a literal."""
        return f"TIMESTAMP '{self.at}'"


class Records:
    """The rows of a simulated folder as a live database holds them at the plan's end."""

    def __init__(self, folder: Path, plan: Plan, planted: list[dict[str, Any]]) -> None:
        self.plan = plan
        self.now = Moment.after(plan)
        self.engine = connect(options={"threads": 2, "memory_limit": "1GB", "temp_directory": str(folder / ".spill")})
        self._planted = planted
        self._overwritten = [entry for entry in planted if entry["kind"] == "conflicting_row"]
        self._day_zero = datetime.combine(plan.start, time()) - OFFSET
        for table in load_contract().tables.values():
            file = folder / f"{table.name}.parquet"
            source = file if file.exists() else folder / table.name / "*.parquet"
            self.engine.execute(f"CREATE VIEW told_{table.name} AS FROM '{source}'")
        fee = self.engine.execute(
            "SELECT fee_id, created_at FROM told_fees WHERE fee_kind = 'borrower_service' AND amount > 0 AND created_at >= $from "
            "ORDER BY created_at, fee_id LIMIT 1",
            {"from": self._day_zero + timedelta(days=FEE_FROM_DAY)},
        ).fetchone()
        self._fee = fee if plan.has_anomalies else None
        for table in load_contract().tables.values():
            self.engine.execute(f"CREATE VIEW {table.name} AS {self._rows(table)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.engine.close()

    def _rows(self, table: Table) -> str:
        """Rows with `changed_at`, when they came or last changed, and `removed_at`, null for those that stay."""
        rows = f"SELECT *, {table.cursor} AS changed_at, CAST({self._removed(table)} AS TIMESTAMP) AS removed_at FROM told_{table.name}"
        if table.name == "loans":
            # Of two versions of a listing the database holds the newer one; of two that share an instant, one.
            return f"SELECT * FROM ({rows}) QUALIFY row_number() OVER (PARTITION BY loan_id ORDER BY updated_at DESC, credit_grade) = 1"
        if table.name != "repayments":
            return rows
        by_hand = self._by_hand(AMOUNT_OVERWRITTEN_DAY)
        keys = ", ".join(str(entry["key"]["repayment_id"]) for entry in self._overwritten) or "NULL"
        newest = f"repayment_id IN ({keys}) AND {by_hand} < {self.now.sql}"
        # Of two rows with one key the database holds the first, and the other from the day on which it overwrote the first.
        # It cannot hold the same row twice.
        return (
            f"SELECT * REPLACE (CASE WHEN {newest} THEN {by_hand} ELSE changed_at END AS changed_at) FROM ({rows}) "
            f"QUALIFY row_number() OVER (PARTITION BY repayment_id ORDER BY CASE WHEN {newest} THEN -interest ELSE interest END) = 1"
        )

    def _removed(self, table: Table) -> str:
        if table.name == "fees" and self._fee:
            return f"CASE WHEN fee_id = {self._fee[0]} THEN {self._by_hand(FEE_DELETED_DAY)} END"
        return PURGES[table.name][0] if table.name in PURGES else "NULL"

    def _by_hand(self, day: int) -> str:
        at = self._day_zero + timedelta(days=day) + HAND_AT
        return f"greatest(TIMESTAMP '{at}', created_at + INTERVAL {AT_LEAST.days} DAY)"

    def standing(self, table: Table, since: Moment | None = None) -> str:
        """Query of the rows to be held now; with `since`, of those that came or changed after it. Parents of a reference come first."""
        columns = ", ".join(table.column_names)
        later = f" AND changed_at >= {since.sql}" if since else ""
        order = ", ".join(table.key)
        return f"SELECT {columns} FROM {table.name} WHERE (removed_at IS NULL OR removed_at >= {self.now.sql}){later} ORDER BY {order}"

    def removed(self, table: Table, since: Moment) -> dict[tuple[Any, ...], datetime]:
        """Keys of the rows that were removed after `since`, with the instant; rows that also came after `since` were never there."""
        key = ", ".join(table.key)
        rows = self.engine.execute(
            f"SELECT {key}, removed_at FROM {table.name} WHERE removed_at >= {since.sql} AND removed_at < {self.now.sql} ORDER BY {key}"
        ).fetchall()
        return {tuple(row[:-1]): row[-1] for row in rows}

    def anomalies(self) -> list[dict[str, Any]]:
        """What the simulator planted, as a database with keys can hold it."""
        told: list[dict[str, Any]] = []
        for entry in self._planted:
            if entry["kind"] == "duplicate_row":
                held = {"is_held": False, "description": "the same row twice: left out, the primary key does not allow it"}
            elif entry["kind"] in ("same_instant", "disbursement_moved"):
                held = {"is_held": False, "description": "two versions of a listing: left out, a database holds one alone"}
            elif entry["kind"] == "conflicting_row":
                if not self._is_overwritten(entry):
                    continue
                held = {"is_held": True, "description": "an amount was written over in place: quarantined where the row was known before"}
            else:
                held = {"is_held": True}
            told.append(entry | held)
        return told

    def _is_overwritten(self, entry: dict[str, Any]) -> bool:
        found = self.engine.execute(
            f"SELECT changed_at > created_at FROM repayments WHERE repayment_id = {entry['key']['repayment_id']}"
        ).fetchone()
        return bool(found and found[0])


def vanished(table: Table, key: tuple[Any, ...], at: datetime) -> dict[str, Any]:
    """Entry of the list of anomalies for a row that was removed: only a comparison of keys finds it."""
    by_hand = table.name not in PURGES
    return {
        "kind": "deleted_by_hand" if by_hand else "purged",
        "table": table.name,
        "key": dict(zip(table.key, key, strict=True)),
        "loan_id": None,
        "check_code": None,
        "also": [],
        "is_held": True,
        "description": f"{'a fee was deleted by hand' if by_hand else PURGES[table.name][1]} (at {at} UTC)",
    }


def as_json(value: Any) -> str:
    """A key or a list of codes as the table of anomalies holds it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)

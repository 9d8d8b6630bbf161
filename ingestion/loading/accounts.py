"""Totals of one table in a load: number, money and content of its rows by disposition, and the proof that they add up.

Belongs here: counting rows by the disposition that `judging` gave them. Does not: what is written (`table_loading`), rows in quarantine
that are judged again later (`rejudging`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb

from glassbook.errors import CheckFailed
from ingestion.contract import Table
from ingestion.loading.content_hash import number_of
from ingestion.loading.judging import DISPOSITIONS, judged_sql
from ingestion.loading.table_work import TableWork
from ingestion.sources.table import SourceTable, SourceTotals


def account_of(work: TableWork, read: SourceTable, total: int, *, is_judged: bool, unreadable: set[str]) -> dict[str, Any]:
    """Rows, money, newest instant and content of the `total` rows that arrived, as fields of a TableLoad.

    Raises CheckFailed when rows or sums do not add up, or differ from what the source counts.
    """
    counts = _counts(work, total, is_judged)
    at_source = read.totals() if read.totals else None
    sums = _money_sums(work, total, is_judged, at_source, unreadable)
    _require_all(work.table, counts, total, at_source)
    return {
        "rows_read": total,
        **{f"rows_{disposition}": counts[disposition] for disposition in DISPOSITIONS},
        "rows_at_source": at_source.rows if at_source else None,
        "money_sums": sums,
        "cursor_to": _newest_cursor(work.engine, work.table, is_judged) if total else None,
        "content": content_of(work.engine, judged_sql(is_judged)) if counts["new"] else None,
    }


def _counts(work: TableWork, total: int, is_judged: bool) -> dict[str, int]:
    """Number of rows of `arrived` per disposition."""
    if not is_judged:
        return dict.fromkeys(DISPOSITIONS, 0) | {"new": total}
    found = work.engine.execute("select disposition, count(*) from judged group by all").fetchall()
    return dict.fromkeys(DISPOSITIONS, 0) | dict(found)


def _require_all(table: Table, counts: dict[str, int], total: int, at_source: SourceTotals | None) -> None:
    """Raises CheckFailed when a row has no disposition, or the source counts another number of rows."""
    if total != sum(counts.values()):
        raise CheckFailed(f"{table.name}: {total} rows read, but {counts} make {sum(counts.values())}; the load is refused")
    if at_source is not None and at_source.rows != total:
        raise CheckFailed(f"{table.name}: the source counts {at_source.rows:,} rows, {total:,} were read; the load is refused")


def _money_sums(
    work: TableWork, total: int, is_judged: bool, at_source: SourceTotals | None, unreadable: set[str]
) -> dict[str, dict[str, str]]:
    """Sum of each money column: per disposition, over all rows read, and as the source itself adds it up.

    Raises CheckFailed when they differ. The source's sum of `unreadable` columns is not compared: it includes values that could not be
    read.
    """
    engine, table = work.engine, work.table
    if not table.money_columns:
        return {}
    parts = ", ".join(f'coalesce(sum("{name}"), 0)::decimal(38,2)' for name in table.money_columns)
    read = engine.execute(f"select {parts} from arrived").fetchone() if total else ("0.00",) * len(table.money_columns)
    assert read is not None
    sums = {name: {"read": str(read[i])} | dict.fromkeys(DISPOSITIONS, "0.00") for i, name in enumerate(table.money_columns)}
    split = (
        engine.execute(f"select disposition, {parts} from {judged_sql(True)} group by all").fetchall() if is_judged else [("new", *read)]
    )
    for row in split:
        for i, name in enumerate(table.money_columns):
            sums[name][row[0]] = str(row[i + 1])
    for name, amounts in sums.items():
        if Decimal(amounts["read"]) != sum(Decimal(amounts[d]) for d in DISPOSITIONS):
            raise CheckFailed(f"{table.name}.{name}: sums do not add up: {amounts}; the load is refused")
        if at_source is not None and name in at_source.sums and name not in unreadable:
            if at_source.sums[name] != Decimal(amounts["read"]):
                raise CheckFailed(
                    f"{table.name}.{name}: the source adds up {at_source.sums[name]}, {amounts['read']} was read; the load is refused"
                )
            amounts["source"] = amounts["read"]
    return sums


def _newest_cursor(engine: duckdb.DuckDBPyConnection, table: Table, is_judged: bool) -> str | None:
    """The newest instant, as text. Rows in quarantine do not count, since their dates may be wrong."""
    row = engine.execute(
        f"select max(\"{table.cursor}\")::varchar from {judged_sql(is_judged)} where disposition <> 'quarantined'"
    ).fetchone()
    assert row is not None
    found: str | None = row[0]
    return found


def content_of(engine: duckdb.DuckDBPyConnection, rows: str, disposition: str = "new") -> str:
    """A number for the rows of a disposition and their order. A hash of the file's bytes would also depend on the batches in which rows
    arrived."""
    row = engine.execute(
        f"select sum((_row_hash % 2305843009213693951)::hugeint * (_position % 4294967296))::varchar from {rows} "
        f"where disposition = '{disposition}'"
    ).fetchone()
    assert row is not None  # an aggregate always returns a row
    return str(row[0])


def digest_of(engine: duckdb.DuckDBPyConnection, relation: str, text: str) -> str:
    """A number for a relation's rows, each represented by a text (an SQL expression), independent of their order."""
    row = engine.execute(f"select sum({number_of(text)})::varchar from {relation}").fetchone()
    assert row is not None  # an aggregate always returns a row
    return str(row[0])

"""A database as a source: each contract table is one SELECT in the database's own SQL, sent as Arrow, turned into the contract's types.

Belongs here: what all databases share: finding columns, the mapping's SELECT, the window from a cursor on, and the source's own totals.
Does not: connecting and the language of one engine (`session`, the engines' folders), the exact conversion of values
(`ingestion.mapping.conversion`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import duckdb

from glassbook.errors import InputError, spelt
from ingestion.contract import Table
from ingestion.mapping import ColumnMapping, TableMapping
from ingestion.mapping.conversion import FITTING, MARK, fits, shift
from ingestion.sources.away import SourceAway
from ingestion.sources.declared import SourceColumn
from ingestion.sources.receiving import Arriving, Taken, received
from ingestion.sources.session import DatabaseSession
from ingestion.sources.table import Request, SourceTable, SourceTotals, UnreadableValue, require_columns, require_once


class DatabaseSource(DatabaseSession):
    """A database whose tables or views have the contract's names, or are mapped."""

    is_complete = True

    @property
    def ignored(self) -> list[str]:
        """Nothing: the mapping or the contract decides which tables are read."""
        return []

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table, request: Request) -> SourceTable | None:
        """The rows of a contract table, streamed; None when the source does not offer it and it is not required."""
        where = f"{self.name}, table {table.name}"
        mapping = request.mapping
        reader = f"source_{table.name}"
        if request.tells_unreadable:
            self.give_up(engine, reader)
        if mapping is not None:
            from ingestion.mapping.given_sql import require_reading  # imports a parser, which a load without a mapping does not need

            require_reading(mapping, self.dialect, where)
        found = self._columns(table, mapping)
        if found is None:
            return None
        taken, missing, unknown = self._matched(table, mapping, found, where)
        if request.keys_only:
            taken = [t for t in taken if t.column.name in (*table.key, table.cursor)]
        zone = mapping.timezone if mapping else "UTC"
        try:
            inner = self._select(table, mapping, taken)
            kinds = {column.name: column for column in self.describe(inner)}
            for one in taken:
                self._require_kind(one, kinds[one.column.name], where)
            if mapping is not None:
                self.require_same_instants(mapping, taken, kinds, where)
            since = None if request.lacked - set(missing) else self._since(table, request, taken, kinds, zone)
            window = f" {'and' if mapping and mapping.where else 'where'} {since}" if since else ""
            inner += window
            # An expression can make one row of many, or many of one.
            rows = self._select(table, mapping, []) + window if any(t.rule.sql is not None for t in taken) else None
            totals = self._totals(table, taken, kinds, inner, rows)
            sent = ", ".join(f"{self.sent(kinds[t.column.name])} as {self.quote(t.column.name)}" for t in taken)
            # Most tables have nothing new on most days: planning to read no row costs more than asking for the count.
            counted = None if request.shape_only or request.keys_only else totals()
            is_empty = counted is not None and not counted.rows
            if taken and not request.shape_only and not is_empty:
                self.stream(engine, reader, f"select {sent} from ({inner}) as source_rows")
        except Exception as error:
            raise self._unreadable(table, error) from None
        wanted = [c for c in table.columns if not request.keys_only or c.name in (*table.key, table.cursor)]
        texts = frozenset(name for name, found in kinds.items() if self.is_sent_as_text(found))
        arriving = Arriving(reader, kinds, texts, {t.column.name: t for t in taken})
        return SourceTable(
            query=received(arriving, table, wanted, mapping, tells_unreadable=request.tells_unreadable),
            missing_columns=sorted(missing),
            unknown_columns=sorted(unknown),
            why_unreadable=lambda error: self._unreadable(table, error),
            columns={column.name: column.declared or column.type for column in found},
            totals=totals if counted is None else lambda: counted,
            is_windowed=bool(since),
            is_empty=is_empty,
            tells_unreadable=request.tells_unreadable,
        )

    def _matched(
        self, table: Table, mapping: TableMapping | None, found: list[SourceColumn], where: str
    ) -> tuple[list[Taken], list[str], list[str]]:
        """Contract columns that the source has a value for; names of those that it lacks; names of its own that the contract lacks."""
        present = {column.name: column for column in found}
        if mapping is None:
            missing, unknown = require_columns(table, list(present), where, "the table")
            return (
                [Taken(c, ColumnMapping(source=c.name), self.quote(c.name)) for c in table.columns if c.name in present],
                missing,
                unknown,
            )
        require_once([column.name for column in found], mapping, where)
        taken = self._taken(table, mapping, present, where)
        given = {t.column.name for t in taken} | {name for name, rule in mapping.columns.items() if rule.fixed is not None}
        missing, _ = require_columns(table, [name for name in table.column_names if name in given], where, "the mapping")
        return taken, missing + [name for name, rule in mapping.columns.items() if rule.stand_in is not None], []

    def _columns(self, table: Table, mapping: TableMapping | None) -> list[SourceColumn] | None:
        if mapping is not None and mapping.query is not None:
            try:
                return self.describe(mapping.query)
            except Exception as error:
                raise self._unreadable(table, error) from None
        wanted = table.name if mapping is None else mapping.relation
        assert wanted is not None  # a mapping without a query names a relation
        found = self.columns_of(wanted)
        if found:
            return found
        if mapping is None and not table.required:
            return None
        raise InputError(
            found=f"no table or view {wanted} in the search path",
            where=self.name,
            expected="every table that the contract requires" if mapping is None else f"what the mapping of {table.name} reads",
            remedy=f"Make a view of that name, or name its schema{self.how_to_name_schema}; or write a mapping (`glassbook map init`).",
        )

    def _taken(self, table: Table, mapping: TableMapping, present: dict[str, SourceColumn], where: str) -> list[Taken]:
        taken = []
        for column in table.columns:
            rule = mapping.columns.get(column.name)
            if rule is None or rule.fixed is not None:
                continue
            if rule.sql is not None:
                taken.append(Taken(column, rule, f"({rule.sql}\n)"))
            elif rule.source in present:
                taken.append(Taken(column, rule, self.quote(rule.source)))
            elif not column.nullable and rule.if_null is None:
                raise InputError(
                    found=f"no column {rule.source}, from which {column.name} comes (there are: {', '.join(present)})",
                    where=where,
                    expected="the columns that the mapping names",
                    remedy=f"Correct tables.{table.name}.columns.{column.name} of the mapping.",
                )
        return taken

    def _select(self, table: Table, mapping: TableMapping | None, taken: list[Taken]) -> str:
        columns = ", ".join(f"{t.expression} as {self.quote(t.column.name)}" for t in taken) or "1 as one"
        if mapping is None:
            return f"select {columns} from {self.relation_sql(table.name)}"
        relation = f"({mapping.query}\n) as mapped" if mapping.query is not None else self.relation_sql(mapping.relation or "")
        return f"select {columns} from {relation}" + (f" where ({mapping.where}\n)" if mapping.where else "")

    def _require_kind(self, taken: Taken, found: SourceColumn, where: str) -> None:
        column = taken.column
        if fits(column, found.kind, taken.rule):
            return
        never = " (never floating point)" if column.type in ("money", "rate") else ""
        hint = "; its mapping must say how (timezone or format)" if found.kind in FITTING[column.type] else ""
        raise InputError(
            found=f"column {column.name} of type {found.type}",
            where=where,
            expected=f"{column.type}, that is {column.duckdb_type}{never}{hint}",
            remedy="Change the column's type, offer the table as a view with a cast, or map it.",
        )

    def _since(self, table: Table, request: Request, taken: list[Taken], kinds: dict[str, SourceColumn], zone: str) -> str | None:
        """The condition that leaves out what was read before, or None where the source cannot say what is new."""
        cursor = next((t for t in taken if t.column.name == table.cursor), None)
        if request.since_at is None or cursor is None or (request.mapping is not None and request.mapping.cursor == "none"):
            return None
        kind, rule = kinds[table.cursor].kind, cursor.rule
        if rule.format or rule.values or rule.if_null is not None or kind not in ("timestamp", "timestamptz"):
            return None
        moment = request.since_at
        if kind == "timestamp":
            moment = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(rule.timezone or zone)).replace(tzinfo=None)
        limit = self.instant(moment, kind)
        if limit is None:
            return None
        # A row without an instant that can be read goes to quarantine and must not be overlooked.
        before_all = self.before_all(cursor.expression)
        return f"({cursor.expression} >= {limit} or {cursor.expression} is null{f' or {before_all}' if before_all else ''})"

    def _totals(
        self, table: Table, taken: list[Taken], kinds: dict[str, SourceColumn], inner: str, rows: str | None
    ) -> Callable[[], SourceTotals]:
        """Asks for the totals of `inner`, which must have as many rows as `rows` where that is given."""
        summed = [
            t
            for t in taken
            if t.column.type == "money"
            and t.rule.values is None
            and t.rule.if_null is None
            and kinds[t.column.name].kind in ("integer", "decimal", "numeral")
            and self.summed(kinds[t.column.name]) is not None
        ]

        def ask() -> SourceTotals:
            sums = "".join(f", {self.summed(kinds[t.column.name])}" for t in summed)
            try:
                row = self.fetch(f"select count(*){sums} from ({inner}) as source_rows")[0]
                all_rows = row if rows is None else self.fetch(f"select count(*) from ({rows}) as all_rows")[0]
            except Exception as error:
                raise self._unreadable(table, error) from None
            self._require_as_many(table, taken, int(row[0]), int(all_rows[0]))
            amounts = {t.column.name: Decimal(str(value or 0)).scaleb(-shift(t.rule)) for t, value in zip(summed, row[1:], strict=True)}
            return SourceTotals(int(row[0]), amounts)

        return ask

    def _require_as_many(self, table: Table, taken: list[Taken], found: int, expected: int) -> None:
        if found != expected:
            given = ", ".join(f"columns.{t.column.name}.sql" for t in taken if t.rule.sql is not None)
            raise InputError(
                found=f"{found:,} rows, although the source has {expected:,}",
                where=f"{self.name}, table {table.name}, {given} of the mapping",
                expected="expressions that give one value for each row",
                remedy="An expression adds rows up or multiplies them: write that in `query`, or make a view of it at the source.",
            )

    def values_of(self, table: Table, relation: str, column: str, most: int) -> list[str]:
        """At most so many different values of a column, as text and in order; nulls are none. Raises InputError where it cannot be read."""
        name = self.quote(column)
        try:
            found = self.fetch(f"select distinct {name} as value from {self.relation_sql(relation)} limit {most}")
        except Exception as error:
            raise self._unreadable(table, error) from None
        return sorted({str(value) for (value,) in found if value is not None})

    def refused(self, error: Exception) -> InputError:
        """The error for a connection that failed."""
        return self._kind_of(error)(
            found=f"a connection that failed: {self.said(error) or error}",
            where=self.name,
            expected=f"a {self.kind_of_database} server that lets this user read",
            remedy="Check address, user, password and whether the server is up (docs/sources.md says where a password may stand).",
        )

    def _kind_of(self, error: Exception) -> type[InputError]:
        return SourceAway if self.is_away(error) else InputError

    def _unreadable(self, table: Table, error: Exception) -> Exception:
        message = str(error)
        if isinstance(error, InputError):
            return error
        if MARK in message:
            told, _ = json.JSONDecoder().raw_decode(message.split(MARK, 1)[1])
            return UnreadableValue(
                found=f"{told['value']!r} in column {told['col']}",
                where=f"{self.name}, table {table.name}, {spelt(told['key'])}",
                expected="a value that the contract's type holds without rounding",
                remedy="Correct the value at the source, hide the row with a view, or say in a mapping what it means.",
            )
        said = self.said(error)
        if said is None:
            return error
        expected, remedy = self.what_helps(said)
        return self._kind_of(error)(
            found=f"rows that cannot be read: {said}", where=f"{self.name}, table {table.name}", expected=expected, remedy=remedy
        )

    def what_helps(self, said: str) -> tuple[str, str]:
        """What was expected, and what to do, where a server refuses to read a table with these words."""
        return (
            "a table that this user may read, and a server that stays up",
            "Grant select on it, or start the load again once the server is back: nothing of this one became visible.",
        )

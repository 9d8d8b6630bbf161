"""Reads the figures of a regime, or of the house, from a snapshot and formats them; computes none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from glassbook.errors import InputError
from glassbook.money import format_decimal
from glassbook.snapshots import Snapshot, connect
from glassbook.sql_text import sql_of
from reports.figures.sets import HOUSE_SETS, FigureSource
from reports.present.cells import csv_text, exact_text

if TYPE_CHECKING:
    import duckdb

_COLUMNS = "code, value, numerator, denominator, unit, decimals, note"
CSV_HEADER = ("code", "value", "numerator", "denominator", "unit", "note")


@dataclass(frozen=True)
class Figure:
    """One figure on one day. `value` is already rounded to `decimals`; None means no value."""

    code: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: str
    decimals: int
    note: str | None

    @property
    def summed(self) -> Decimal | None:
        """What the rows behind the figure add up to: for a ratio its numerator."""
        return self.value if self.numerator is None else self.numerator

    def record(self) -> dict[str, str | None]:
        """The figure as every document writes it: exact text, null for no value."""
        return {
            "code": self.code,
            "value": format_decimal(self.value, self.decimals),
            "numerator": exact_text(self.numerator),
            "denominator": exact_text(self.denominator),
            "unit": self.unit,
            "note": self.note,
        }


@dataclass(frozen=True)
class FigureSet:
    """Every figure of a set on one day, as known at one instant; `figures` are in the order of their codes."""

    name: str
    """The regime, or the house's set."""
    as_of: date
    known_at: str
    snapshot_id: str
    figures: tuple[Figure, ...]

    @property
    def kind(self) -> str:
        """What documents call it: a regime, or a set of the house."""
        return "set" if self.name in HOUSE_SETS else "regime"

    def by_code(self) -> dict[str, Figure]:
        """The figures under their codes."""
        return {figure.code: figure for figure in self.figures}

    def to_json(self) -> str:
        """The document of figures.json, the same for command, filing and page."""
        document = {
            self.kind: self.name,
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at,
            "snapshot": self.snapshot_id,
            "figures": [figure.record() for figure in self.figures],
        }
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"

    def to_csv(self) -> str:
        """The document of figures.csv: a row per figure, text neutralised."""
        return csv_text(CSV_HEADER, ([_number(record, name) for name in CSV_HEADER] for record in self._records()))

    def _records(self) -> list[dict[str, str | None]]:
        return [figure.record() for figure in self.figures]


def _number(record: dict[str, str | None], name: str) -> str | Decimal | None:
    # Numbers are passed on as numbers, so that a minus is not taken for a formula.
    text = record[name]
    return Decimal(text) if text is not None and name in ("value", "numerator", "denominator") else text


def read_figures(snapshot: Snapshot, source: FigureSource, as_of: date, *, is_public: bool = False) -> FigureSet:
    """Every figure of `source` on `as_of`: stored rows for a month end or the latest day, otherwise computed in the warehouse.

    The public file and the house's sets hold stored days only. Raises InputError when the snapshot does not have the set or the day.
    """
    with connect(snapshot.public_database if is_public else snapshot.database) as connection:
        rows = _stored_rows(connection, snapshot, source, as_of)
        if not rows and not is_public and source.figures_macro is not None:
            rows = _computed_rows(connection, source.figures_macro, as_of)
    if not rows:
        raise InputError(
            found=f"no figures of {source.name} on {as_of}",
            where=f"snapshot {snapshot.snapshot_id}",
            expected="a month end of the history or its latest day",
            remedy="Ask for such a day, or build a snapshot that reaches it.",
        )
    figures = tuple(Figure(*row) for row in rows)
    return FigureSet(source.name, as_of, snapshot.manifest["known_at"], snapshot.snapshot_id, figures)


def _stored_rows(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, source: FigureSource, as_of: date) -> list[tuple[Any, ...]]:
    import duckdb

    try:
        return connection.execute(f"select {_COLUMNS} from {source.figures_table} where as_of_on = ? order by code", [as_of]).fetchall()
    except duckdb.CatalogException as error:
        raise InputError(
            found=f"no figures of {source.name}",
            where=f"snapshot {snapshot.snapshot_id}",
            expected=f"the table {source.figures_table}",
            remedy="Build the snapshot again with the models of this set.",
        ) from error


def _computed_rows(connection: duckdb.DuckDBPyConnection, macro: str, as_of: date) -> list[tuple[Any, ...]]:
    return connection.execute(f"select {_COLUMNS} from {macro}(cast(? as date)) order by code", [as_of]).fetchall()


def stored_days(connection: duckdb.DuckDBPyConnection, source: FigureSource, *, month_ends_only: bool) -> list[date]:
    """Days with stored figures, oldest first."""
    rows = connection.execute(
        f"select distinct as_of_on from {source.figures_table} where is_month_end or not ? order by as_of_on",
        [month_ends_only],
    ).fetchall()
    return [row[0] for row in rows]


def read_series(
    connection: duckdb.DuckDBPyConnection, source: FigureSource, codes: tuple[str, ...], until: date, months: int
) -> list[tuple[date, str, Decimal | None]]:
    """(month end, code, value) of stored figures over the last `months` month ends up to `until`, oldest first."""
    return connection.execute(
        sql_of("reports.figures", "series").format(table=source.figures_table),
        [until, months, list(codes)],
    ).fetchall()

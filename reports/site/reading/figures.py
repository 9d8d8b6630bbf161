"""The figures of a regime from the public file: their words, every stored month end, and edits that refute some of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from glassbook.catalogue import load_metrics
from glassbook.json_text import parse_json
from reports.filing.declare.regime import Regime
from reports.site.reading.refuted import Refuted

if TYPE_CHECKING:
    import duckdb

_WORDS = "code, section, name_zh, name_en, definition_zh, definition_en, formula, basis"
_VALUES = "code, as_of_on, value, numerator, denominator, unit, decimals, note"


@dataclass(frozen=True)
class SeriesPoint:
    """A figure at the end of a day. `value` is already rounded to its decimals; `is_provisional`: an edit says that it cannot be right."""

    day: date
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    note: str | None
    is_provisional: bool


@dataclass(frozen=True)
class History:
    """A figure with its words and its values on all shown days, oldest first; without any only where nothing is stored yet."""

    code: str
    section: str
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str
    formula: str
    basis: str
    unit: str
    decimals: int
    points: tuple[SeriesPoint, ...]

    def on(self, day: date) -> SeriesPoint | None:
        """The value of a day; None if none is stored."""
        return next((point for point in self.points if point.day == day), None)

    @property
    def is_ratio(self) -> bool:
        """Whether it is a ratio of numerator and denominator."""
        return any(point.denominator is not None for point in self.points)


def read_histories(connection: duckdb.DuckDBPyConnection, regime: Regime, days: tuple[date, ...], refuted: Refuted) -> tuple[History, ...]:
    """Every figure that the public file stores for any of `days`, in the order of codes."""
    words = {row[0]: row for row in connection.execute(f"select {_WORDS} from ctl_metrics").fetchall()}
    rows = connection.execute(
        f"select {_VALUES} from {regime.figures_table} where list_contains(?, as_of_on) order by code, as_of_on", [list(days)]
    ).fetchall()
    by_code: dict[str, list[tuple[SeriesPoint, str, int]]] = {}
    for code, day, value, numerator, denominator, unit, decimals, note in rows:
        point = SeriesPoint(day, value, numerator, denominator, note, refuted.is_provisional(day, code))
        by_code.setdefault(code, []).append((point, unit, decimals))
    return tuple(History(*(*words[code], *found[-1][1:], tuple(point for point, _, _ in found))) for code, found in by_code.items())


def without_values(regime: Regime) -> tuple[History, ...]:
    """Every figure of the regime with its words alone, in the order of codes."""
    return tuple(
        History(m.code, m.section, m.name_zh, m.name_en, m.definition_zh, m.definition_en, m.formula, m.basis, m.unit, m.decimals, ())
        for m in sorted(load_metrics(regime.name), key=lambda metric: metric.code)
    )


def filed_histories(connection: duckdb.DuckDBPyConnection, day: date, document: bytes) -> tuple[History, ...]:
    """The figures of a day as a figures.json that was filed has them, each with that one value."""
    words = {row[0]: row for row in connection.execute(f"select {_WORDS} from ctl_metrics").fetchall()}
    found = []
    for record in parse_json(document)["figures"]:
        value, numerator, denominator = (_number(record[name]) for name in ("value", "numerator", "denominator"))
        point = SeriesPoint(day, value, numerator, denominator, record["note"], False)
        decimals = len((record["value"] or "").partition(".")[2])
        if record["code"] in words:
            found.append(History(*(*words[record["code"]], record["unit"], decimals, (point,))))
    return tuple(found)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)

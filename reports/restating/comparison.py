"""What changed between two sets of figures of one day, the loans behind each change, and its cause, derived only from evidence.

A cause is either a row that belongs to a loan behind the change and that became known, was corrected or was taken back; or a condition
(setting, row of law, code) in which the two sides differ. Under the same conditions the same rows give the same figures. So a loan that
moved without a changed row of its own was moved by rows of other loans in the same figure (a rank), and the comparison says so. A change
that nothing explains is called unexplained.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from glassbook.catalogue import Metric, load_metrics
from glassbook.engine import connect
from glassbook.errors import CheckFailed, InputError
from glassbook.money import round_half_up
from reports.figures.explain import formula_codes, row_source
from reports.figures.rows import NUMERATOR_DECIMALS
from reports.filing.declare.regime import Regime
from reports.filing.make.conditions import Condition, differing_conditions
from reports.restating.contributions import Contributions, Moved, attach
from reports.restating.evidence import CORRECTED, LATE, REVERSED, Evidence, read_evidence
from reports.restating.sides import Side

UNEXPLAINED = "unexplained"
_ORDER = (LATE, CORRECTED, REVERSED, "rule version", "parameter", "code", UNEXPLAINED)


@dataclass(frozen=True)
class ChangedRow:
    """A key behind a changed figure; `evidence` are the numbers of the rows that belong to it.

    `is_through_others`: no row of its own changed; rows of other keys of this figure moved it.
    """

    moved: Moved
    causes: tuple[str, ...]
    evidence: tuple[int, ...]
    is_through_others: bool


@dataclass(frozen=True)
class ChangedFigure:
    """A figure that differs between the sides, as figures.json writes it; None where a side does not have it.

    `causes` are proved by evidence; `may_also` are conditions that differ too, whose effect cannot be separated from that of the rows.
    `of_code` is the figure whose rows are shown (the numerator of a ratio), `parts` are changed figures that its formula names.
    """

    code: str
    metric: Metric | None
    before: dict[str, str | None] | None
    after: dict[str, str | None] | None
    causes: tuple[str, ...]
    may_also: tuple[str, ...]
    of_code: str | None
    key_columns: tuple[str, ...]
    rows: tuple[ChangedRow, ...]
    parts: tuple[str, ...]
    adds_up: bool

    @property
    def difference(self) -> Decimal | None:
        """Value after minus value before; None when either has no value."""
        old, new = _number(self.before, "value"), _number(self.after, "value")
        return None if old is None or new is None else new - old

    @property
    def is_note_only(self) -> bool:
        """Whether only the note differs."""
        return all(_field(self.before, name) == _field(self.after, name) for name in ("value", "numerator", "denominator", "unit"))


@dataclass(frozen=True)
class Comparison:
    """Everything that changed between two sides of one regime and day; `unchanged` are the other codes."""

    regime: str
    as_of: date
    before: Side
    after: Side
    conditions: tuple[Condition, ...]
    figures: tuple[ChangedFigure, ...]
    unchanged: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes of all figures."""
        return _in_order(cause for figure in self.figures for cause in figure.causes)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Codes whose change is unexplained, or whose loans do not add up to the change."""
        return tuple(figure.code for figure in self.figures if UNEXPLAINED in figure.causes or not figure.adds_up)


def compare(regime: Regime, as_of: date, before: Side, after: Side) -> Comparison:
    """Compares two sides. Raises InputError when their snapshots do not share a history of loads."""
    conditions = differing_conditions(_with_engine(before), _with_engine(after))
    codes = sorted(before.records.keys() | after.records.keys())
    changed = [code for code in codes if before.records.get(code) != after.records.get(code)]
    figures: list[ChangedFigure] = []
    evidence: list[Evidence] = []
    if changed:
        if before.snapshot.snapshot_id == after.snapshot.snapshot_id:
            raise CheckFailed(
                f"both sides name the snapshot {before.snapshot.snapshot_id} and differ in {', '.join(changed)}: one was not made from "
                "it. Run `glassbook verify PACKAGE --recompute` on each."
            )
        seen = _seen_load_seq(before, after)
        metrics = {metric.code: metric for metric in load_metrics(regime.name)}
        with tempfile.TemporaryDirectory(prefix="glassbook-compare-") as folder:
            scratch = Path(folder) / "scratch.duckdb"
            sources = {s.code: s for code in changed if (m := metrics.get(code)) and (s := row_source(m, regime))}
            loans = {metric.code: metric for metric in metrics.values() if metric.key == ("loan_id",)}
            contributions = Contributions(scratch, before.snapshot, after.snapshot, (loans | sources).values(), as_of)
            with _both(scratch, before, after) as connection:
                evidence = read_evidence(connection, seen, as_of)
                examiner = _Examiner(connection, regime, metrics, (before, after), conditions, contributions, evidence)
                figures = examiner.examine(changed)
    used = {number for figure in figures for row in figure.rows for number in row.evidence}
    return Comparison(
        regime=regime.name,
        as_of=as_of,
        before=before,
        after=after,
        conditions=conditions,
        figures=tuple(figures),
        unchanged=tuple(code for code in codes if code not in changed),
        evidence=tuple(row for row in evidence if row.number in used),
    )


def _with_engine(side: Side) -> dict[str, Any]:
    """The facts of a side, with its snapshot's engine, which an annex does not repeat."""
    return dict(side.facts) | {"engine": side.snapshot.manifest.get("engine")}


def _both(scratch: Path, before: Side, after: Side) -> duckdb.DuckDBPyConnection:
    connection = connect(scratch)
    attach(connection, before.snapshot, "before")
    attach(connection, after.snapshot, "after")
    return connection


def _seen_load_seq(before: Side, after: Side) -> int:
    """The newest load of `before`. Raises InputError unless its loads are the first loads of `after`."""
    old, new = (list(map(list, side.snapshot.manifest["loads"])) for side in (before, after))
    if old != new[: len(old)]:
        raise InputError(
            found="snapshots that do not share their loads",
            where=f"{before.snapshot.snapshot_id} and {after.snapshot.snapshot_id}",
            expected="one history, of which the later knows more",
            remedy="Compare packages of one platform, the older first.",
        )
    return int(old[-1][0]) if old else 0


class _Examiner:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        regime: Regime,
        metrics: dict[str, Metric],
        sides: tuple[Side, Side],
        conditions: Sequence[Condition],
        contributions: Contributions,
        evidence: Sequence[Evidence],
    ) -> None:
        self._connection, self._regime, self._metrics = connection, regime, metrics
        (self._before, self._after), self._contributions = sides, contributions
        self._conditions = _in_order(condition.kind for condition in conditions)
        self._cause_of = {row.number: row.cause for row in evidence}
        self._moved_loans = contributions.moved_loans(connection)
        self._links: dict[tuple[str, str], list[tuple[int, str | None]]] = {}
        for number, column, value, loan in connection.execute("select number, key_column, key_value, loan_id from links").fetchall():
            self._links.setdefault((column, value), []).append((number, loan))

    def examine(self, changed: Sequence[str]) -> list[ChangedFigure]:
        """Figures with rows first; then those that change only with them and take their causes from their parts."""
        found = {code: self._figure(code) for code in changed}
        return [self._with_parts(figure, found) for figure in found.values()]

    def _figure(self, code: str) -> ChangedFigure:
        before, after = self._before.records.get(code), self._after.records.get(code)
        metric = self._metrics.get(code)
        source = None if metric is None else row_source(metric, self._regime)
        rows: list[ChangedRow] = []
        adds_up = True
        if source is not None and self._contributions.has(source.code):
            moved = self._contributions.moved(self._connection, source.code)
            rows = self._rows(source, moved)
            adds_up = self._adds_up(source.code, moved)
        causes = _in_order(cause for row in rows for cause in row.causes)
        return ChangedFigure(
            code=code,
            metric=metric,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
            causes=causes,
            may_also=tuple(kind for kind in self._conditions if causes and kind not in causes),
            of_code=None if source is None else source.code,
            key_columns=() if source is None else source.key,
            rows=tuple(rows),
            parts=() if metric is None else tuple(c for c in formula_codes(metric, self._metrics) if c != code),
            adds_up=adds_up,
        )

    def _rows(self, source: Metric, moved: Sequence[Moved]) -> list[ChangedRow]:
        own = [self._own(source.key, row.key) for row in moved]
        others = _in_order(self._cause_of[number] for numbers in own for number in numbers)
        rows = []
        for row, numbers in zip(moved, own, strict=True):
            causes = _in_order(self._cause_of[number] for number in numbers)
            rows.append(
                ChangedRow(
                    row,
                    causes or self._conditions or others or (UNEXPLAINED,),
                    numbers,
                    not causes and not self._conditions and bool(others),
                )
            )
        return rows

    def _own(self, columns: Sequence[str], key: Sequence[str]) -> tuple[int, ...]:
        """Rows that belong to a key; for a person only the loans that moved a figure, if any did."""
        found = [link for part in zip(columns, key, strict=True) for link in self._links.get(part, [])]
        nearer = [number for number, loan in found if loan is None or loan in self._moved_loans]
        return tuple(sorted({*(nearer or (number for number, _ in found))}))

    def _adds_up(self, code: str, moved: Iterable[Moved]) -> bool:
        """Whether the moves of the keys add up to the move of the figure (for a ratio, of its numerator)."""
        old, new = (_expected(side.records.get(code)) for side in (self._before, self._after))
        return round_half_up(sum((row.difference for row in moved), Decimal(0)), NUMERATOR_DECIMALS) == round_half_up(
            new - old, NUMERATOR_DECIMALS
        )

    def _with_parts(self, figure: ChangedFigure, found: dict[str, ChangedFigure]) -> ChangedFigure:
        parts = tuple(code for code in figure.parts if code in found)
        causes = _in_order([*figure.causes, *(cause for code in parts for cause in found[code].causes)])
        if not causes and not figure.is_note_only:
            causes = self._conditions or (UNEXPLAINED,)
        may_also = tuple(kind for kind in self._conditions if causes and kind not in causes)
        return ChangedFigure(**(vars(figure) | {"parts": parts, "causes": causes, "may_also": may_also}))


def _in_order(causes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(causes), key=_ORDER.index))


def _field(record: dict[str, str | None] | None, name: str) -> str | None:
    return None if record is None else record[name]


def _number(record: dict[str, str | None] | None, name: str) -> Decimal | None:
    text = _field(record, name)
    return None if text is None else Decimal(text)


def _expected(record: object) -> Decimal:
    held = dict(record) if isinstance(record, dict) else None
    value = _number(held, "numerator")
    return (_number(held, "value") if value is None else value) or Decimal(0)

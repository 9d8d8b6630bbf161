"""A YAML file of what the platform plans for its operating figures, as a source that offers the one table `targets`.

Belongs here: the shape of the file, and what is wrong with one. Does not: what is known of earlier plans; that is the lake's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

import duckdb
import yaml

from glassbook.catalogue import load_metrics
from glassbook.catalogue.guide import segments_by_code
from glassbook.errors import InputError
from glassbook.sql_text import quoted
from glassbook.yaml_limits import compose, read_within_limits
from ingestion.contract import Table, load_contract
from ingestion.mapping.constants import OFFSET
from ingestion.sources.table import Request, SourceTable

TABLE = "targets"
KINDS = (
    *("product", "operating_mode", "security", "repayment_method", "grade", "province", "industry", "branch", "institution", "channel"),
    *("fee_kind", "reject_reason"),
)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,2})?")
_ZONED = re.compile(rf".*(Z|{OFFSET})")
_NOTHING = ("", "~", "null", "Null", "NULL")
_EXAMPLE = """updated_at: 2019-01-04T09:00:00+08:00
targets:
  - figure: OP-B01
    segment: {product: "3"}
    months: {2019-01: 1000000.00, 2019-02: 1200000.00}"""


@dataclass(frozen=True)
class Target:
    """One planned figure of one month; `value` is None where the plan is taken back."""

    code: str
    segment_kind: str
    segment_id: str
    month: str
    value: str | None


class TargetsFile:
    """The file as a source. It is read when it is entered, so that nothing is loaded of one that is wrong."""

    is_complete = False

    def __init__(self, path: Path) -> None:
        self.ignored: list[str] = []
        self._path = path
        self._updated_at = ""
        self._targets: list[Target] = []

    @property
    def name(self) -> str:
        """The file's own name."""
        return self._path.name

    def __enter__(self) -> Self:
        try:
            document = compose(read_within_limits(self._path).decode("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(
                found=str(error).splitlines()[0], where=str(self._path), expected="YAML in UTF-8", remedy=f"Write it as\n{_EXAMPLE}"
            ) from error
        fields = self._fields(document, {"updated_at", "targets"}, {"updated_at", "targets"})
        self._updated_at = self._instant(fields["updated_at"])
        self._targets = list(self._read(fields["targets"]))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table, request: Request) -> SourceTable | None:
        """The targets; None for any other table."""
        if table.name != TABLE:
            return None
        rows = [
            f"({quoted(t.code)}, {quoted(t.segment_kind)}, {quoted(t.segment_id)}, date '{t.month}-01', "
            f"{t.value or '0'}::decimal(18, 2), timestamp '{self._updated_at}', "
            f"{'null' if t.value is not None else quoted(self._updated_at)}::timestamp)"
            for t in self._targets
        ]
        names = ", ".join(load_contract().tables[TABLE].column_names)
        return SourceTable(f"select * from (values {', '.join(rows)}) as told ({names})", [], [], lambda error: error)

    def _read(self, node: yaml.Node) -> Iterator[Target]:
        codes = {metric.code for metric in load_metrics("operations") if metric.model in (None, "rpt_operations_segments")}
        seen: dict[tuple[str, str, str, str], yaml.Node] = {}
        for entry in self._entries(node):
            fields = self._fields(entry, {"figure", "segment", "months"}, {"figure", "months"})
            code = self._text(fields["figure"])
            if code not in codes:
                self._refuse(fields["figure"], f"figure {code!r}", f"a figure of the set operations, as {', '.join(sorted(codes)[:3])}")
            kind, segment = self._segment(code, fields.get("segment"))
            months = fields["months"]
            if not isinstance(months, yaml.MappingNode) or not months.value:
                self._refuse(months, "no months", "months with their values, as {2019-01: 1000000.00}")
            for month, value in months.value:
                found = self._text(month)
                if not _MONTH.fullmatch(found):
                    self._refuse(month, f"month {found!r}", "a month as 2019-01")
                key = (code, kind, segment, found)
                if key in seen:
                    self._refuse(
                        month, f"{code} of {kind} {segment} in {found} twice (first in line {seen[key].start_mark.line + 1})", "it once"
                    )
                seen[key] = month
                yield Target(*key, self._value(value))
        if not seen:
            self._refuse(node, "no target", "at least one")

    def _value(self, node: yaml.Node) -> str | None:
        text = self._text(node)
        if text in _NOTHING and isinstance(node, yaml.ScalarNode) and node.style is None:
            return None
        if not _NUMBER.fullmatch(text):
            self._refuse(node, f"value {text!r}", "a number with at most two decimals, or null to take a target back")
        return text

    def _segment(self, code: str, node: yaml.Node | None) -> tuple[str, str]:
        if node is None:
            return "total", "all"
        if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
            self._refuse(node, "a segment that is not one kind with one name", 'a segment as {product: "3"}')
        [(kind, segment)] = node.value
        if self._text(kind) not in KINDS:
            self._refuse(kind, f"kind of segment {self._text(kind)!r}", f"one of {', '.join(KINDS)}")
        told_by = segments_by_code().get(code, ())
        if self._text(kind) not in told_by:
            # It would never have an actual value to be compared with.
            expected = f"a kind by which it is told: {', '.join(told_by)}" if told_by else "no segment; it is told for the whole alone"
            self._refuse(kind, f"figure {code} by {self._text(kind)}", expected)
        if not self._text(segment):
            self._refuse(segment, "a segment without a name", 'a segment as {product: "3"}')
        return self._text(kind), self._text(segment)

    def _instant(self, node: yaml.Node) -> str:
        text = self._text(node)
        instant = None
        # OverflowError: the first or the last day of all, in UTC before or after it.
        with suppress(ValueError, OverflowError):
            told = datetime.fromisoformat(text)
            if told.tzinfo is not None and _ZONED.fullmatch(text):
                instant = told.astimezone(UTC)
        if instant is None:
            self._refuse(
                node, f"updated_at {text!r}", "when the plan was made, with an offset from -12:00 to +14:00, as 2019-01-04T09:00:00+08:00"
            )
        return instant.replace(tzinfo=None).isoformat(sep=" ")

    def _entries(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self._refuse(node, "targets that are no list", "a list of entries with figure, segment and months")
        entries: list[yaml.Node] = node.value
        return entries

    def _fields(self, node: yaml.Node | None, known: set[str], needed: set[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, "no names with values", f"the names {', '.join(sorted(known))}")
        fields: dict[str, yaml.Node] = {}
        for name, value in node.value:
            text = self._text(name)
            if text not in known or text in fields:
                self._refuse(name, f"{text!r} {'twice' if text in fields else ''}".rstrip(), f"each of {', '.join(sorted(known))} once")
            fields[text] = value
        if missing := sorted(needed - fields.keys()):
            self._refuse(node, f"no {', '.join(missing)}", f"the names {', '.join(sorted(known))}")
        return fields

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._refuse(node, "values within a value", "one text or number")
        text: str = node.value
        return text

    def _refuse(self, node: yaml.Node | None, found: str, expected: str) -> NoReturn:
        line = f", line {node.start_mark.line + 1}" if node is not None else ""
        raise InputError(found=found, where=f"{self._path}{line}", expected=expected, remedy=f"Write it as\n{_EXAMPLE}")

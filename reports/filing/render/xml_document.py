"""The filing as XML: the same elements for every form; a regime's XSD says which codes, units and kinds they may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from reports.figures.reading import Figure
from reports.filing.declare.regime import Regime, Xml
from reports.filing.render.sheets import Number, Sheet
from reports.filing.render.tables import FullTable

_HEAD = (
    *("regime", "title_zh", "title_en", "basis", "platform_name", "period", "period_first_on", "period_last_on", "due_on"),
    *("version", "status", "as_of", "known_at", "timezone", "snapshot", "code_version", "rule_set_version", "contract_version"),
)


@dataclass(frozen=True)
class XmlParts:
    """The document's content besides its head. `tables` have the SHA-256 of their CSV and Parquet; `edits` are records of checks.json."""

    figures: Sequence[Figure]
    figures_sha256: str
    breakdowns: Sequence[Sheet]
    platform: Sheet | None
    tables: Sequence[tuple[FullTable, str, str]]
    edits: Sequence[Mapping[str, Any]]


def build_xml(regime: Regime, declared: Xml, head: Mapping[str, Any], parts: XmlParts) -> bytes:
    """The document's bytes."""
    root = ElementTree.Element("filing", {"xmlns": declared.namespace, "id": f"{regime.name}-{head['period']}"})
    _head(root, head, parts.figures_sha256)
    _figures(root, parts.figures)
    for sheet in parts.breakdowns:
        _form(root, "breakdown", sheet)
    if parts.platform is not None:
        _form(root, "platform", parts.platform)
    for table, csv_sha256, parquet_sha256 in parts.tables:
        form = table.declared
        attributes = {"form": form.key, "rows": str(table.row_count), "supplied": str(table.is_supplied).lower()}
        element = ElementTree.SubElement(root, "table", attributes)
        _text(element, "title", form.title_zh)
        ElementTree.SubElement(element, "file", {"name": form.csv, "sha256": csv_sha256})
        ElementTree.SubElement(element, "file", {"name": form.parquet, "sha256": parquet_sha256})
    _edits(root, parts.edits)
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode").encode() + b"\n"


def _head(root: ElementTree.Element, head: Mapping[str, Any], figures_sha256: str) -> None:
    element = ElementTree.SubElement(root, "head")
    for name in _HEAD:
        value = head.get(name)
        _text(element, name, "" if value is None else str(value))
    _text(element, "figures_sha256", figures_sha256)


def _figures(root: ElementTree.Element, figures: Sequence[Figure]) -> None:
    element = ElementTree.SubElement(root, "figures")
    for figure in figures:
        record = figure.record()
        child = ElementTree.SubElement(element, "figure", {"code": figure.code, "unit": figure.unit})
        # No value, no element: no reader can parse an empty one as a number.
        for name in ("value", "numerator", "denominator", "note"):
            if record[name] is not None:
                _text(child, name, str(record[name]))


def _form(root: ElementTree.Element, name: str, sheet: Sheet) -> None:
    element = ElementTree.SubElement(root, name, {"form": sheet.key})
    _text(element, "title", sheet.title_zh)
    headings = [heading.partition("\n")[0] for heading in sheet.headings]
    for place, row in enumerate(sheet.rows):
        is_total = place >= len(sheet.rows) - sheet.total_rows
        line = ElementTree.SubElement(element, "total" if is_total else "row")
        for heading, cell in zip(headings, row, strict=True):
            text = cell.plain if isinstance(cell, Number) else cell
            _text(line, "number" if isinstance(cell, Number) else "text", text, {"name": heading}) if text else None


def _edits(root: ElementTree.Element, edits: Sequence[Mapping[str, Any]]) -> None:
    element = ElementTree.SubElement(root, "edits")
    for edit in edits:
        attributes = {name: str(edit[name]) for name in ("code", "severity", "outcome")} | {"findings": str(edit["finding_count"])}
        child = ElementTree.SubElement(element, "edit", attributes)
        _text(child, "rule", edit["rule_zh"])
        _text(child, "source", edit["source"])
        if edit.get("reason"):
            _text(child, "reason", edit["reason"])


def _text(parent: ElementTree.Element, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
    ElementTree.SubElement(parent, name, dict(attributes or {})).text = _allowed(text)


def _allowed(text: str) -> str:
    """`text` with each character that XML 1.0 cannot hold replaced by U+FFFD."""
    return "".join(
        sign if sign in "\t\n\r" or " " <= sign < "\ud800" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff" else "\ufffd" for sign in text
    )

"""The data files of the site, which all languages share: figures, months, filings for machines, and public tables (table_files.py).

Belongs here: content and path of each. A file's content depends on figures alone and not on the snapshot from which they were read, so that
a file with unchanged figures is not written again. The exception is the newest month as one document, which is byte for byte the
figures.json of a filing from the same snapshot; its name contains its hash.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from glassbook.money import format_decimal
from reports.figures.reading import CSV_HEADER
from reports.filing.package.seal import sha256
from reports.present.cells import csv_text, exact_text
from reports.signing.hand_out import PAGE_NAME, SCRIPT_NAME, STAND_ALONE
from reports.site.pages.filings import filing_folder
from reports.site.reading.edition import Edition, Month
from reports.site.reading.figures import History, SeriesPoint
from reports.site.table_files import table_files

_FIGURE_HEADER = ("as_of_on", "code", "value", "numerator", "denominator", "unit", "note", "filed_value", "is_provisional")
_NAME_DIGITS = 12
SCRIPT, GUIDE = f"verify/{SCRIPT_NAME}", f"verify/{PAGE_NAME}"
"""The script that verifies a package without Glassbook, and the page about it: addresses that never change."""


@dataclass(frozen=True)
class DataFile:
    """A data file on the page of data: `what` is the key of its words, `paths` are the same content in several formats."""

    what: str
    paths: tuple[str, ...]


def data_list(edition: Edition) -> list[DataFile]:
    """The files that each hold everything of one kind."""
    found = [DataFile("figures", ("data/figures.csv", "data/figures.json"))] if edition.histories else []
    if edition.latest is not None:
        stem = latest_stem(edition)
        found.append(DataFile("latest", (f"{stem}.csv", f"{stem}.json")))
    return found


def latest_stem(edition: Edition) -> str:
    """The name of the newest month's document without its suffix; it contains the hash of its content."""
    assert edition.latest is not None  # called only for a platform with figures
    digest = sha256(edition.latest.to_json().encode())
    return f"{edition.regime.name}-figures-{edition.latest.as_of:%Y-%m}-{digest[:_NAME_DIGITS]}"


def data_files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """Every data file as (path, content)."""
    if edition.latest is not None:
        yield f"{latest_stem(edition)}.json", edition.latest.to_json().encode()
        yield f"{latest_stem(edition)}.csv", edition.latest.to_csv().encode()
    if edition.histories:
        yield "data/figures.csv", _figures_csv(edition, edition.histories)
        yield "data/figures.json", _json([_figure_record(edition, history) for history in edition.histories])
    for history in edition.histories:
        yield f"data/figures/{history.code}.csv", _figures_csv(edition, [history])
        yield f"data/figures/{history.code}.json", _json(_figure_record(edition, history))
    for month in edition.months:
        records = [_month_record(history, point) for history in edition.histories if (point := history.on(month.day)) is not None]
        yield f"data/months/{month.name}.csv", _month_csv(records)
        yield f"data/months/{month.name}.json", _json(_month_document(edition, month, records))
    for version in edition.versions:
        for name, content in version.files.items():
            yield f"{filing_folder(version)}/{name}", content
    yield from table_files(edition)
    yield SCRIPT, (STAND_ALONE / SCRIPT_NAME).read_bytes()
    yield GUIDE, (STAND_ALONE / PAGE_NAME).read_bytes()


def _figures_csv(edition: Edition, histories: Iterable[History]) -> bytes:
    rows = [
        [
            point.day.isoformat(),
            history.code,
            _rounded(history, point.value),
            point.numerator,
            point.denominator,
            history.unit,
            point.note,
            _rounded(history, edition.filed(point.day, history.code)),
            point.is_provisional,
        ]
        for history in histories
        for point in history.points
    ]
    return csv_text(_FIGURE_HEADER, rows).encode()


def _figure_record(edition: Edition, history: History) -> dict[str, Any]:
    return {
        "regime": edition.regime.name,
        "code": history.code,
        "name_zh": history.name_zh,
        "name_en": history.name_en,
        "definition_zh": history.definition_zh,
        "definition_en": history.definition_en,
        "formula": history.formula,
        "basis": history.basis,
        "unit": history.unit,
        "decimals": history.decimals,
        "values": [
            {"as_of": point.day.isoformat()}
            | {name: text for name, text in _month_record(history, point).items() if name not in ("code", "unit")}
            | {"filed_value": format_decimal(edition.filed(point.day, history.code), history.decimals), "provisional": point.is_provisional}
            for point in history.points
        ],
    }


def _month_record(history: History, point: SeriesPoint) -> dict[str, str | None]:
    return {
        "code": history.code,
        "value": format_decimal(point.value, history.decimals),
        "numerator": exact_text(point.numerator),
        "denominator": exact_text(point.denominator),
        "unit": history.unit,
        "note": point.note,
    }


def _month_csv(records: list[dict[str, str | None]]) -> bytes:
    numbers = ("value", "numerator", "denominator")
    rows = [[Decimal(text) if name in numbers and (text := record[name]) is not None else record[name] for name in CSV_HEADER]
            for record in records]  # fmt: skip
    return csv_text(CSV_HEADER, rows).encode()


def _month_document(edition: Edition, month: Month, records: list[dict[str, str | None]]) -> dict[str, Any]:
    return {"regime": edition.regime.name, "as_of": month.day.isoformat(), "first_on": month.first_on.isoformat(), "figures": records}


def _rounded(history: History, value: Decimal | None) -> Decimal | None:
    text = format_decimal(value, history.decimals)
    return None if text is None else Decimal(text)


def _json(document: object) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()

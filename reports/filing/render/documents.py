"""The documents of a package besides its records: forms as workbook, CSV, Parquet, XML and PDF, all from the same sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from glassbook.catalogue import load_metrics
from glassbook.profile import Profile
from reports.figures.reading import FigureSet
from reports.filing.declare.regime import Regime
from reports.filing.package.seal import sha256
from reports.filing.render.breakdowns import BrokenDown
from reports.filing.render.forms import breakdown_sheet, edit_sheet, figure_sheet, profile_sheet
from reports.filing.render.sheets import Sheet
from reports.filing.render.tables import FullTable, read_table

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class FormSources:
    """The content of the forms, all read from the snapshot and the profile before anything is rendered."""

    figures: FigureSet
    breakdowns: Sequence[BrokenDown]
    tables: Sequence[FullTable]
    profile: Profile | None

    @property
    def lacking(self) -> tuple[str, ...]:
        """Names of what a form needs and nobody supplied; a filing that lacks any is a draft."""
        return tuple(f"form {table.declared.key}" for table in self.tables if not table.is_supplied)


def read_tables(connection: duckdb.DuckDBPyConnection, regime: Regime, as_of: date) -> list[FullTable]:
    """The regime's forms of many rows on the day."""
    return [read_table(connection, form, as_of) for form in regime.table_forms]


def build_documents(
    regime: Regime,
    head: Mapping[str, Any],
    figures_json: bytes,
    edits: Sequence[Mapping[str, Any]],
    sources: FormSources,
    further: Sequence[Sheet] = (),
) -> dict[str, bytes]:
    """The forms by file name. `head` is the document of filing.json, `edits` are the records of checks.json with their reasons.

    `further` sheets are not forms of the regime: they follow the forms in workbook and PDF, before the place to sign.
    """
    from reports.filing.render.workbook import WorkbookHead, build_workbook

    as_of = sources.figures.as_of
    by_code = sources.figures.by_code()
    metrics = [metric for metric in load_metrics(regime.name) if metric.code in by_code]
    figure_sheets = [figure_sheet(regime, form, metrics, by_code) for form in regime.forms]
    breakdowns = [breakdown_sheet(broken, by_code, sources.profile, as_of) for broken in sources.breakdowns]
    platform = None if regime.profile_form is None else profile_sheet(regime.profile_form, sources.profile, as_of)
    edit = [] if regime.edit_form is None else [edit_sheet(regime.edit_form, edits)]
    small = [*figure_sheets, *breakdowns, *([] if platform is None else [platform]), *edit]
    order = {form.sheet: place for place, form in enumerate(_in_order(regime))}
    sheets = sorted([*small, *(table.sheet for table in sources.tables)], key=lambda sheet: order[sheet.sheet])

    digest = sha256(figures_json)
    book_head = WorkbookHead(
        platform_name=head["platform_name"],
        filing_id=f"{regime.name}-{head['period']}",
        period=head["period"],
        as_of=as_of,
        version=head["version"],
        figures_sha256=digest,
        is_draft=head["status"] == "draft",
    )
    documents = {regime.workbook: build_workbook(regime, book_head, [*sheets, *further])}
    documents |= {sheet.csv: sheet.to_csv() for sheet in small if sheet.csv}
    for table in sources.tables:
        documents |= {table.declared.csv: table.csv, table.declared.parquet: table.parquet}
    if regime.xml is not None:
        from reports.filing.render.xml_document import XmlParts, build_xml

        hashed = [(table, sha256(table.csv), sha256(table.parquet)) for table in sources.tables]
        parts = XmlParts(sources.figures.figures, digest, breakdowns, platform, hashed, edits)
        documents[regime.xml.file] = build_xml(regime, regime.xml, head, parts)
        documents[regime.xml.schema_file] = (regime.folder / regime.xml.schema_file).read_bytes()
    if regime.pdf is not None:
        from reports.filing.render.pdf import build_pdf

        documents[regime.pdf.file] = build_pdf(regime, regime.pdf, head, digest, [*sheets, *further], as_of)
    return documents


def _in_order(regime: Regime) -> list[Any]:
    """Every form in the order of its key; breakdowns follow the form that they split."""
    forms = [*regime.forms, *regime.breakdowns, *([regime.profile_form] if regime.profile_form else []), *regime.table_forms]
    forms += [regime.edit_form] if regime.edit_form else []
    return sorted(forms, key=lambda form: form.key) if all(form.key for form in forms) else forms

"""Pages of text: the data files, how to check a seal, and what Glassbook is."""

from __future__ import annotations

from reports.filing.package.seal import sha256
from reports.site.data_files import GUIDE, SCRIPT, DataFile, data_list
from reports.site.language import Language
from reports.site.reading.edition import Edition
from reports.site.rendering import Page
from reports.site.table_files import table_paths


def plain_pages(edition: Edition, language: Language) -> list[Page]:
    """The three pages."""
    files: list[DataFile] = data_list(edition)
    missing = {declared.relation for declared in edition.page.tables if not edition.is_supplied(declared)}
    tables = [(table, table_paths(table), table.columns, table.relation in missing) for table in edition.tables.values()]
    newest = next((version for version in reversed(edition.versions) if version.files), None)
    name = edition.platform_name
    digest = None if edition.latest is None else sha256(edition.latest.to_json().encode())
    return [
        Page(
            "data.html",
            "data.html.j2",
            language.say("Data to download"),
            language.say("Figures, months, filings and projects of %(name)s as CSV, JSON and Parquet.", name=name),
            {"edition": edition, "files": files, "tables": tables, "digest": digest},
            "data",
        ),
        Page(
            "check.html",
            "check.html.j2",
            language.say("Check a seal"),
            language.say("How to find out by yourself that a filing is as it was sealed."),
            {"edition": edition, "version": newest, "script": SCRIPT, "guide": GUIDE},
            "filings",
        ),
        Page(
            "about.html",
            "about.html.j2",
            language.say("About this site"),
            language.say("What Glassbook is, what the figures promise and how to cite them."),
            {"edition": edition},
            "about",
        ),
    ]

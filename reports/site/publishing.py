"""Publishes the transparency site from the public snapshot: pages in each language, and data files beside them.

It reads only stored figures of the public file and the public parts of filings; it never opens anything that could hold personal data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from glassbook.errors import InputError
from glassbook.own_places import refuse_own_place
from glassbook.settings import Settings
from glassbook.snapshot_comparison import unchanged
from glassbook.snapshots import PUBLIC_DATABASE, Snapshot, current_snapshot
from reports.filing.declare.regime import enabled_regimes
from reports.site.assets import asset_files
from reports.site.data_files import data_files
from reports.site.doors import door_file, not_found_file
from reports.site.feed import feed_file, sitemap_file
from reports.site.headers import headers_file
from reports.site.language import Language, load_language
from reports.site.pages.figures import figure_pages
from reports.site.pages.filings import filings_page
from reports.site.pages.first import first_page
from reports.site.pages.months import month_pages
from reports.site.pages.plain import plain_pages
from reports.site.pages.platform import platform_page
from reports.site.pages.projects import project_pages
from reports.site.pages.safety import safety_pages
from reports.site.pages.tables import data_pages, index_path, table_pages
from reports.site.reading.edition import Edition, read_edition
from reports.site.reading.refuted import Refutation
from reports.site.rendering import Page, PageFrame, render
from reports.site.writing import FIRST_NAME, write_site


@dataclass(frozen=True)
class Site:
    """What was published: the first page, edits that refute figures of its month, files written, all files, and their size."""

    page: Path
    refutations: tuple[Refutation, ...]
    written_count: int
    files_count: int
    bytes_count: int


def publish_site(settings: Settings, out: Path, *, snapshot: Snapshot | None = None, filing_seal: str | None = None) -> Site:
    """Writes the site into the folder `out`; files unchanged since the last publication are not written again.

    Reads the current snapshot unless given one; its bytes are compared first. `filing_seal`, if given, is named on the page of data. If
    several regimes have a page, the first by name is at the root and each other one in a folder of its name. Raises InputError when no
    regime has a page, or for a snapshot that was changed.
    """
    refuse_own_place(settings, out)
    frozen = unchanged(snapshot or current_snapshot(settings), PUBLIC_DATABASE)
    regimes = [regime for regime in enabled_regimes(settings) if regime.page is not None]
    if not regimes:
        raise InputError(
            found="no regime with a page",
            where="reports/regimes/",
            expected="a `page:` section in one regime.yml",
            remedy="Declare which figures and charts the page shows.",
        )
    files: dict[str, bytes] = {}
    first_pages: list[str] = []
    refutations: list[Refutation] = []
    for place, regime in enumerate(regimes):
        edition = read_edition(settings, frozen, regime, filing_seal)
        root = f"{regime.name}/" if place else ""
        files |= {f"{root}{path}": content for path, content in edition_files(edition, root)}
        first_pages += [
            name for name in files if name.startswith(root) and name.endswith(f"/{FIRST_NAME}") and name.count("/") == root.count("/") + 1
        ]
        refutations += edition.refuted.on(edition.months[-1].day) if edition.months else []
    files |= {"_headers": headers_file()}
    written = write_site(out, files, [*first_pages, FIRST_NAME])
    return Site(out / FIRST_NAME, tuple(refutations), written, len(files), sum(map(len, files.values())))


def edition_files(edition: Edition, root: str = "") -> Iterator[tuple[str, bytes]]:
    """Every file of one edition by its path in the regime's folder; `root` is that folder within the whole site."""
    assets = dict(asset_files())
    named = {plain: f"{root}{path}" for plain, (path, _) in assets.items()}
    yield from assets.values()
    yield from data_files(edition)
    declared = edition.page
    languages = tuple(load_language(code) for code in declared.languages)
    paths: list[str] = []
    for language in languages:
        frame = frame_of(edition, language, languages, root, named)
        for page in pages_of(edition, language):
            path = f"{language.code}/{page.path}"
            paths.append(path)
            yield path, render(page, frame)
        yield f"{language.code}/feed.xml", feed_file(edition, language)
    yield from sitemap_file(edition, languages, paths, root)
    yield "404.html", not_found_file(edition, languages)
    yield FIRST_NAME, door_file(edition, languages)


def pages_of(edition: Edition, language: Language) -> Iterator[Page]:
    """The pages of one language, one kind after another."""
    yield first_page(edition, language)
    yield from safety_pages(edition, language)
    yield from figure_pages(edition, language)
    yield from month_pages(edition, language)
    yield filings_page(edition, language)
    yield from project_pages(edition, language)
    yield from table_pages(edition, language)
    yield platform_page(edition, language)
    yield from plain_pages(edition, language)


def frame_of(edition: Edition, language: Language, languages: tuple[Language, ...], root: str, assets: dict[str, str]) -> PageFrame:
    """The frame of every page of a language."""
    declared = edition.page
    entries = (
        ("first", "index.html", language.say("Overview")),
        ("figures", "figures/index.html", language.say("Figures")),
        ("months", "months/index.html", language.say("Months")),
        ("filings", "filings/index.html", language.say("Filings")),
        ("projects", "projects/index.html", language.say("Projects")),
        *((page.key, index_path(page), language.of(page.short_zh, page.short_en)) for page in data_pages(edition) if not page.under),
        ("platform", "platform.html", language.say("Platform")),
        ("data", "data.html", language.say("Data")),
        ("about", "about.html", language.say("About")),
    )
    title = language.of(declared.title_zh, declared.title_en)
    return PageFrame(language, root, edition.platform_name, title, languages, entries, assets, edition.site_address)

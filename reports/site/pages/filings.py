"""The page of filings: every version with its state, seal, corrections, and public files."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reports.restating.words import causes_in_words
from reports.site.language import Language
from reports.site.pages.first import state_name
from reports.site.reading.edition import Edition, Month
from reports.site.reading.figures import History
from reports.site.reading.filings import FiledVersion
from reports.site.rendering import Page
from reports.site.shown import difference, writer_for


@dataclass(frozen=True)
class Corrected:
    """A figure that a version corrected, with its causes in words."""

    history: History
    before: Decimal | None
    after: Decimal | None
    causes: str


@dataclass(frozen=True)
class ToldFiling:
    """A version of a filing; `folder` is that of its public files, None until it has left the company."""

    version: FiledVersion
    state: str
    month: Month | None
    corrected: tuple[Corrected, ...]
    folder: str | None


def filing_folder(version: FiledVersion) -> str:
    """The folder of a version's public files: the address never changes, since what was filed never does."""
    return f"data/filings/{version.filing_id}/v{version.version}"


def filings_page(edition: Edition, language: Language) -> Page:
    """The page of every filing, newest first."""
    told = [
        ToldFiling(
            version,
            state_name(version, language),
            edition.by_day.get(version.as_of),
            tuple(
                Corrected(edition.by_code[c.code], c.before, c.after, causes_in_words(c.causes, language.code))
                for c in version.corrections
                if c.code in edition.by_code
            ),
            filing_folder(version) if version.files else None,
        )
        for version in sorted(edition.versions, key=lambda v: (v.as_of, v.version), reverse=True)
    ]
    values = [(c.history, value) for one in told for c in one.corrected for value in (c.before, c.after, difference(c.before, c.after))]
    content = {"edition": edition, "told": told, "writer": writer_for(edition, language, values)}
    description = language.say("Every filing of %(name)s with its state, its seal and what it corrected.", name=edition.platform_name)
    return Page("filings/index.html", "filings.html.j2", language.say("Filings"), description, content, "filings")

"""The page of the platform: who runs it, what it charges, and how to complain, by its own profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from glassbook.profile import Profile, entries_as_of
from reports.filing.declare.regime import ProfilePart
from reports.site.language import Language
from reports.site.reading.edition import Edition
from reports.site.reading.figures import History
from reports.site.rendering import Page
from reports.site.shown import writer_for


@dataclass(frozen=True)
class ToldPlatform:
    """An entry of a part: (title, words) of each filled field, and since when it is valid."""

    fields: tuple[tuple[str, str], ...]
    since_on: date


@dataclass(frozen=True)
class Part:
    """A section of the profile with what is valid on the day of publication."""

    section: str
    title: str
    entries: tuple[ToldPlatform, ...]


def platform_page(edition: Edition, language: Language) -> Page:
    """The page at platform.html."""
    form, profile, declared = edition.regime.profile_form, edition.profile, edition.page
    parts = [] if form is None or profile is None else [_part(part, profile, edition, language) for part in form.parts]
    newest = edition.months[-1].day if edition.months else None
    beside = {
        section: [(edition.by_code[code], edition.by_code[code].on(newest)) for code in codes if newest and code in edition.by_code]
        for section, codes in (("fees", declared.fees), ("complaint_channels", declared.complaints))
    }
    shown: list[tuple[History, Decimal | None]] = [(h, p.value) for found in beside.values() for h, p in found if p is not None]
    content = {"edition": edition, "parts": parts, "beside": beside, "writer": writer_for(edition, language, shown), "month": newest}
    title = language.say("Who runs it, what it charges, how to complain")
    description = language.say("Registration, organisation, fees and channels of complaint of %(name)s.", name=edition.platform_name)
    return Page("platform.html", "platform.html.j2", title, description, content, "platform")


def _part(part: ProfilePart, profile: Profile, edition: Edition, language: Language) -> Part:
    entries = [
        ToldPlatform(
            tuple(
                (
                    language.of(field.title_zh, field.title_en or field.name.replace("_", " ")),
                    _words(value, field.labels, edition, language),
                )
                for field in part.fields
                if (value := record.get(field.name)) not in (None, [], "")
            ),
            entry.valid_from,
        )
        for entry in entries_as_of(profile, part.section, edition.standing.published_on)
        for record in (entry.record.model_dump(mode="json"),)
    ]
    return Part(part.section, language.of(part.title_zh, part.title_en), tuple(entries))


def _words(value: Any, labels: Mapping[str, str], edition: Edition, language: Language) -> str:
    if isinstance(value, dict):  # an attachment
        return language.say("%(file)s, SHA-256 %(hash)s", file=value["file"], hash=value["sha256"])
    if isinstance(value, list):
        return ("、" if language.code == "zh" else ", ").join(_words(one, labels, edition, language) for one in value)
    if labels.get("_") == "percent":
        return f"{language.short(Decimal(str(value)).scaleb(2))}%"
    if labels.get("_") == "money":
        unit = language.money_unit(edition.currency, [Decimal(str(value))])
        return f"{language.money(Decimal(str(value)), unit)} {unit.name}"
    return labels.get(str(value), str(value)) if language.code == "zh" else str(value)

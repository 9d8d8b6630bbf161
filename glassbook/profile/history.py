"""Which entries of a profile held on a day, and every change with the day of its disclosure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from glassbook.profile.entry import Versioned, ends_of
from glassbook.profile.records import REPORT_SECTIONS, Profile, sections_of
from glassbook.profile.sections import Report


@dataclass(frozen=True)
class ProfileEntry:
    """One entry of a section; `key` names it in a plural section and is empty in a single one. The interval is half open."""

    section: str
    key: str
    record: Versioned | Report
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Change:
    """An entry began, changed or ended on a day. `fields` are the fields that differ from what held before."""

    section: str
    key: str
    change_kind: Literal["added", "changed", "ended"]
    changed_on: date
    disclosed_on: date | None
    fields: tuple[str, ...]
    note: str | None

    @property
    def what(self) -> str:
        """Section and key as one name, such as `officers.chen-jing`."""
        return f"{self.section}.{self.key}" if self.key else self.section


_ADMINISTRATIVE = frozenset(Versioned.model_fields)


def all_entries(profile: Profile) -> list[ProfileEntry]:
    """Every entry that ever held, in the order of sections, keys and days. A report holds from its issue on."""
    found = []
    for section in sections_of(type(profile)):
        for key, versions in _lists(profile, section):
            if section in REPORT_SECTIONS:
                found += [ProfileEntry(section, str(r.year), r, r.issued_on, None) for r in getattr(profile, section)]
                continue
            found += [ProfileEntry(section, key, v, v.valid_from, end) for v, end in zip(versions, ends_of(versions), strict=True)]
    return found


def entries_as_of(profile: Profile, section: str, as_of: date) -> list[ProfileEntry]:
    """The entries of a section that held on `as_of`."""
    return [
        e for e in all_entries(profile) if e.section == section and e.valid_from <= as_of and (e.valid_to is None or as_of < e.valid_to)
    ]


def changes(profile: Profile, until: date | None = None) -> list[Change]:
    """Every change up to the day `until`, inclusive, oldest first; the first entries count as changes too."""
    found: list[Change] = []
    for section in sections_of(type(profile)):
        if section in REPORT_SECTIONS:
            continue
        for key, versions in _lists(profile, section):
            found += _of_one(section, key, versions)
    return sorted((c for c in found if until is None or c.changed_on <= until), key=lambda c: (c.changed_on, c.what, c.change_kind))


def _of_one(section: str, key: str, versions: tuple[Versioned, ...]) -> list[Change]:
    found: list[Change] = []
    before: Versioned | None = None
    for version, end in zip(versions, ends_of(versions), strict=True):
        fields = tuple(n for n in type(version).model_fields if n not in _ADMINISTRATIVE and _differs(before, version, n))
        kind: Literal["added", "changed"] = "added" if before is None else "changed"
        found.append(Change(section, key, kind, version.valid_from, version.disclosed_on, fields, version.note))
        follows = any(other.valid_from == end for other in versions)
        if end is not None and not follows:
            found.append(Change(section, key, "ended", end, version.end_disclosed_on, (), version.note))
        before = version if follows else None
    return found


def _differs(before: Versioned | None, version: Versioned, name: str) -> bool:
    return before is None or getattr(before, name) != getattr(version, name)


def _lists(profile: Profile, section: str) -> list[tuple[str, tuple[Versioned, ...]]]:
    held = getattr(profile, section)
    return list(held.items()) if isinstance(held, dict) else [("", held)]

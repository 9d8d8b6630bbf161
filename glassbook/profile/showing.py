"""A profile as plain documents, for the terminal and for JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from glassbook.profile.history import changes, entries_as_of
from glassbook.profile.records import Profile, sections_of


def state(profile: Profile, as_of: date) -> dict[str, Any]:
    """What held on `as_of`, section by section."""
    return {
        "as_of": as_of.isoformat(),
        "sections": {
            section: [
                ({"key": entry.key} if entry.key else {}) | entry.record.model_dump(mode="json", exclude_none=True)
                for entry in entries_as_of(profile, section, as_of)
            ]
            for section in sections_of(type(profile))
        },
    }


def history(profile: Profile, until: date) -> dict[str, Any]:
    """Every change up to the day `until`, inclusive, oldest first."""
    return {
        "until": until.isoformat(),
        "changes": [
            {
                "on": change.changed_on.isoformat(),
                "what": change.what,
                "change": change.change_kind,
                "fields": list(change.fields),
                "disclosed_on": None if change.disclosed_on is None else change.disclosed_on.isoformat(),
                "note": change.note,
            }
            for change in changes(profile, until)
        ],
    }


def as_json(document: dict[str, Any]) -> str:
    """The document as JSON."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_text(document: dict[str, Any]) -> str:
    """The document as text for people."""
    lines: list[str] = []
    for change in document.get("changes", []):
        told = f"disclosed {change['disclosed_on']}" if change["disclosed_on"] else "not disclosed"
        note = f"  {change['note']}" if change["note"] else ""
        lines.append(f"{change['on']}  {change['change']:<7}  {change['what']:<32}  {told}{note}")
    for section, entries in document.get("sections", {}).items():
        lines.append(section if entries else f"{section}: none")
        for entry in entries:
            shown = {name: value for name, value in entry.items() if name not in ("key", "attachment")}
            lines += [f"  {entry['key']}"] if "key" in entry else []
            lines += [f"    {name:<28}{_plain(value)}" for name, value in shown.items()]
            if "attachment" in entry:
                lines.append(f"    {'attachment':<28}{entry['attachment']['file']}  {entry['attachment']['sha256']}")
    return "\n".join(lines) + "\n"


def _plain(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)

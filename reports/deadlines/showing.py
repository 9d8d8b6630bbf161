"""The calendar as text for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from reports.deadlines.deadline import STATES, TO_DO, Deadline, DeadlineState
from reports.deadlines.reading import Calendar

# Up to this many similar deadlines are shown one by one.
_FEW = 3
_HEADINGS: dict[DeadlineState, str] = {
    "late": "LATE 逾期未办",
    "due_soon": "DUE SOON 即将到期",
    "open": "OPEN 待办",
    "upcoming": "UPCOMING 未到期",
    "done": "DONE 已办",
    "done_late": "DONE LATE 逾期办结",
}
ROLES = {"preparer": "preparer 填报人", "approver": "approver 审核人", "legal_representative": "legal representative 法定代表人"}


def as_text(calendar: Calendar, *, with_done: bool) -> str:
    """One group per state, the most urgent first; done deadlines only on request."""
    states = STATES if with_done else (*TO_DO, "upcoming")
    lines: list[str] = []
    for state in states:
        group = calendar.of(state)
        if not group:
            continue
        lines.append(f"{_HEADINGS[state]} ({len(group)})")
        for alike in group_alike(group):
            lines += _lines(alike, calendar)
        lines.append("")
    if not any(calendar.of(state) for state in TO_DO):
        lines += ["nothing is open", ""]
    counts = calendar.counts()
    lines.append(f"done {counts['done']}, done late {counts['done_late']}; looked at until {calendar.until}")
    lines += [f"not known: {gap}" for gap in calendar.gaps.values()] + [f"note: {note}" for note in calendar.notes]
    return "\n".join(lines) + "\n"


def as_json(calendar: Calendar) -> str:
    """`{"now", "until", "timezone", "counts", "gaps", "notes", "deadlines": [...]}`; instants ISO 8601 in UTC, days ISO dates."""
    document = {
        "now": calendar.now.isoformat(),
        "until": calendar.until.isoformat(),
        "timezone": calendar.timezone,
        "counts": calendar.counts(),
        "gaps": dict(calendar.gaps),
        "notes": list(calendar.notes),
        "deadlines": [_record(deadline, calendar) for deadline in calendar.deadlines],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def announcement(alike: list[Deadline], calendar: Calendar) -> str:
    """One line: what is late or due soon, and who must do what; of several similar ones, the first and their number."""
    first = alike[0]
    state = first.state(calendar.now).replace("_", " ")
    who = "" if first.role is None else f"; {ROLES[first.role]}"
    return f"{state}: {_title(alike)}, due {due_text(first, calendar)}{who}: {first.action}"


def group_alike(deadlines: Iterable[Deadline]) -> list[list[Deadline]]:
    """The deadlines in their order; more than three that differ only in their subject are grouped."""
    groups: dict[tuple[str, ...], list[Deadline]] = {}
    for deadline in deadlines:
        groups.setdefault((deadline.regime, deadline.kind, deadline.action.replace(deadline.subject, "")), []).append(deadline)
    found = []
    for group in groups.values():
        found += [group] if len(group) > _FEW and group[0].done_at is None else [[deadline] for deadline in group]
    return sorted(found, key=lambda group: (group[0].due_before, group[0].code))


def due_text(deadline: Deadline, calendar: Calendar) -> str:
    """The due day, or for a deadline of hours day and minute in the platform's zone; ~ marks a day that may still move."""
    if deadline.is_by_hour:
        return f"{deadline.due_before.astimezone(ZoneInfo(calendar.timezone)):%Y-%m-%d %H:%M}"
    return f"{'~' if deadline.is_provisional else ''}{deadline.due_on}"


def _title(alike: list[Deadline]) -> str:
    title = f"{alike[0].title_zh} / {alike[0].title_en}"
    return title if len(alike) == 1 else f"{title}, and {len(alike) - 1} more until {alike[-1].subject}"


def _lines(alike: list[Deadline], calendar: Calendar) -> list[str]:
    first = alike[0]
    lines = [f"  {due_text(first, calendar):<16}  {_title(alike)}"]
    if first.done_on is not None:
        return [*lines, f"  {'':16}  done on {first.done_on}"]
    if first.role is not None:
        lines.append(f"  {'':16}  {ROLES[first.role]}: {first.action}")
    return lines


def _record(deadline: Deadline, calendar: Calendar) -> dict[str, object]:
    return {
        "code": deadline.code,
        "regime": deadline.regime,
        "kind": deadline.kind,
        "subject": deadline.subject,
        "title_zh": deadline.title_zh,
        "title_en": deadline.title_en,
        "note": deadline.note,
        "state": deadline.state(calendar.now),
        "since_on": deadline.since_on.isoformat(),
        "due_on": deadline.due_on.isoformat(),
        "due_before": _instant(deadline.due_before),
        "is_provisional": deadline.is_provisional,
        "done_on": None if deadline.done_on is None else deadline.done_on.isoformat(),
        "role": deadline.role,
        "action": deadline.action,
        "basis": deadline.basis,
    }


def _instant(instant: datetime) -> str:
    return instant.isoformat()

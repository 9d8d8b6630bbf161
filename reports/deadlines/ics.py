"""The calendar as iCalendar (RFC 5545), for Outlook, Google, Apple and others: one event per deadline, with a reminder.

The bytes depend on the deadlines alone, not on the time of the call: no event says whether it is late.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import icalendar

from glassbook import __version__
from reports.deadlines.deadline import Deadline
from reports.deadlines.reading import Calendar
from reports.deadlines.showing import ROLES

# All-day events begin at midnight; nobody wants a reminder then.
_MORNING = timedelta(hours=9)
_HOURS_BEFORE = timedelta(hours=24)


def as_icalendar(calendar: Calendar) -> bytes:
    """The deadlines as an iCalendar stream. The UID of an event is made from the platform's name and the code of its deadline."""
    document = icalendar.Calendar()
    document.add("prodid", f"-//Glassbook//{__version__}//ZH")
    document.add("version", "2.0")
    document.add("x-wr-calname", f"{calendar.platform_name} 信息披露")
    document.add("x-wr-timezone", calendar.timezone)
    for deadline in calendar.deadlines:
        document.add_component(_event(deadline, calendar))
    content: bytes = document.to_ical()
    return content


def _event(deadline: Deadline, calendar: Calendar) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", _uid(deadline, calendar))
    event.add("dtstamp", _revised_at(deadline))
    # What is done stays in the calendar, so that subscribers see that it is done.
    event.add("summary", f"{'✓ ' if deadline.done_at is not None else ''}{deadline.title_zh} {deadline.title_en}")
    event.add("description", _description(deadline))
    event.add("categories", [deadline.kind])
    event.add("transp", "TRANSPARENT")
    if deadline.is_by_hour:
        # The last instant in time; without an end the event ends at that instant too.
        event.add("dtstart", deadline.due_before.replace(microsecond=0))
    else:
        event.add("dtstart", deadline.due_on)
        event.add("dtend", deadline.due_on + timedelta(days=1))
    if deadline.done_at is None:
        event.add_component(_alarm(deadline))
    return event


def _alarm(deadline: Deadline) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", deadline.title_zh)
    if deadline.is_by_hour:
        alarm.add("trigger", -_HOURS_BEFORE)
    else:
        # Working days before the due day, as hours from its midnight back to the morning of the day on which it becomes due soon.
        alarm.add("trigger", deadline.soon_at + timedelta(days=1) - deadline.due_before + _MORNING)
    return alarm


def _uid(deadline: Deadline, calendar: Calendar) -> str:
    return hashlib.sha256(f"{calendar.platform_name}\n{deadline.code}".encode()).hexdigest()[:32] + "@glassbook"


def _revised_at(deadline: Deadline) -> datetime:
    return (deadline.done_at or deadline.since_at).replace(microsecond=0)


def _description(deadline: Deadline) -> str:
    lines = [deadline.basis]
    if deadline.done_on is not None:
        lines.append(f"已办 done on {deadline.done_on}")
    elif deadline.role is not None:
        lines.append(f"{ROLES[deadline.role]}: {deadline.action}")
    if deadline.is_provisional:
        lines.append("节假日安排尚未公布，日期可能调整 (the day may move: holidays of that year are not published yet)")
    return "\n".join(lines)

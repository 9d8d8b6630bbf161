"""The sensor that announces what is due soon or late; the calendar (reports.deadlines) says what is due when."""

import json
from zoneinfo import ZoneInfo

import dagster as dg

from glassbook.clock import now
from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from orchestration.resources import Announcer, Installation

# A daily look would be too rare for an obligation of 48 hours.
SECONDS_BETWEEN_LOOKS = 900
UNREADABLE = "calendar"


@dg.sensor(
    name="deadline_sensor",
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    description="Says what is due soon or late, and who must act; runs nothing.",
)
def deadline_sensor(context: dg.SensorEvaluationContext, installation: Installation, announcer: Announcer) -> dg.SkipReason:
    """Announces one line per deadline that becomes due soon, and one line per day for each that is late.

    It remembers what it announced, so that a restart repeats nothing. What it cannot see is also announced, once per day.
    """
    told: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    lines, to_remember, summary = _look(installation.settings, told)
    for line in lines:
        announcer.announce(line)
    # After announcing: a line that could not be sent is retried.
    context.update_cursor(json.dumps(to_remember, sort_keys=True))
    return dg.SkipReason(summary)


def _look(settings: Settings, told: dict[str, str]) -> tuple[list[str], dict[str, str], str]:
    """Lines to announce, what to remember of them by code of the deadline, and a short summary."""
    from reports.deadlines.reading import read_calendar
    from reports.deadlines.showing import announcement, group_alike

    today = now(settings).astimezone(ZoneInfo(settings.timezone)).date().isoformat()
    try:
        calendar = read_calendar(settings)
    except GlassbookError as error:
        is_new = told.get(UNREADABLE) != today
        lines = [f"deadlines may pass unseen, the calendar cannot be read: {error}"] if is_new else []
        return lines, told | {UNREADABLE: today}, f"the calendar cannot be read: {error}"
    lines, remembered = [], {}
    for kind, gap in calendar.gaps.items():
        remembered[f"gap:{kind}"] = today
        if told.get(f"gap:{kind}") != today:
            lines.append(f"deadlines may pass unseen: {gap}")
    late, soon = calendar.of("late"), calendar.of("due_soon")
    for deadlines, word in ((late, today), (soon, "due soon")):
        remembered |= {deadline.code: word for deadline in deadlines}
        untold = [deadline for deadline in deadlines if told.get(deadline.code) != word]
        lines += [announcement(alike, calendar) for alike in group_alike(untold)]
    return lines, remembered, f"{len(late)} late, {len(soon)} due soon"

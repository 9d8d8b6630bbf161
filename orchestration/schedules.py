"""When jobs run: the daily close after midnight in the platform's zone, reconciliation on Sundays, the filing before it is due.

Belongs here: when which partition is made. Does not: what the jobs do (`jobs`), who is informed (`sensors`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from glassbook.calendar import month_before, nth_working_day
from glassbook.settings import Settings
from orchestration.jobs import DAILY_CLOSE, WEEKLY_RECONCILIATION, AssetJob, filing_job_name
from reports.filing.declare.period import periods

# A filing is due on the 5th working day; made on the 2nd, there are three working days to fix what its edits find.
FILING_WORKING_DAY = 2

Evaluate = Callable[[dg.ScheduleEvaluationContext], dg.RunRequest | dg.SkipReason]


def closing_schedules(settings: Settings, jobs: dict[str, AssetJob]) -> list[dg.ScheduleDefinition]:
    """The close every night; on Sundays reconciliation an hour earlier (the source has time then), so that the close has less to do."""

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        # What is loaded now is known today; the records say that the day it closes is yesterday.
        return dg.RunRequest(partition_key=_day(context, settings).isoformat())

    return [
        _schedule(jobs[DAILY_CLOSE], DAILY_CLOSE, "30 1 * * *", settings, evaluate),
        _schedule(jobs[WEEKLY_RECONCILIATION], WEEKLY_RECONCILIATION, "30 0 * * 0", settings, evaluate),
    ]


def filing_schedule(settings: Settings, frequency: str, job: AssetJob) -> dg.ScheduleDefinition:
    """At nine on the planned working day of the month after a period has ended."""

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = _day(context, settings)
        planned = nth_working_day(today.year, today.month, FILING_WORKING_DAY, settings.country)
        if today != planned:
            return dg.SkipReason(f"the filing is made on {planned}, the working day {FILING_WORKING_DAY} of the month")
        ended_on = month_before(today)
        ended = periods(frequency, ended_on, ended_on + timedelta(days=1))
        if not ended:
            return dg.SkipReason(f"no period has ended on {ended_on}")
        (period,) = ended
        return dg.RunRequest(run_key=f"filing-{period.name}", partition_key=f"{period.first_on:%Y-%m}")

    return _schedule(job, filing_job_name(frequency), "0 9 1-15 * *", settings, evaluate)


def _schedule(job: AssetJob, name: str, cron: str, settings: Settings, evaluate: Evaluate) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{name}_schedule", job=job, cron_schedule=cron, execution_timezone=settings.timezone, execution_fn=evaluate
    )


def _day(context: dg.ScheduleEvaluationContext, settings: Settings) -> date:
    return context.scheduled_execution_time.astimezone(ZoneInfo(settings.timezone)).date()

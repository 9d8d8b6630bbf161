"""When jobs run: the daily close after midnight in the platform's zone, reconciliation on Sundays, the filing before it is due.

Belongs here: schedules and sensors. Does not: what the jobs do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import dagster as dg

from glassbook.calendar import nth_working_day
from glassbook.settings import Settings

# A filing is due on the 5th working day; made on the 2nd, there are three working days to mend what its edits find.
FILING_WORKING_DAY = 2


def build_schedules(settings: Settings, daily: object, weekly: object, monthly: object) -> list[dg.ScheduleDefinition]:
    """The schedules of the jobs in the platform's time zone."""

    def evaluate(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from zoneinfo import ZoneInfo

        today = context.scheduled_execution_time.astimezone(ZoneInfo(settings.timezone)).date()
        planned = nth_working_day(today.year, today.month, FILING_WORKING_DAY, settings.country)
        if today != planned:
            return dg.SkipReason(f"the filing is made on {planned}, the working day {FILING_WORKING_DAY} of the month")
        period = today.replace(day=1) - timedelta(days=1)
        return dg.RunRequest(
            run_key=f"filing-{period:%Y-%m}",
            run_config={"ops": {"filing": {"config": {"regime": "cn", "period": f"{period:%Y-%m}"}}}},
        )

    return [
        dg.ScheduleDefinition(name="daily_close_schedule", job=daily, cron_schedule="30 1 * * *", execution_timezone=settings.timezone),  # type: ignore[arg-type]
        # On the day of rest, when a source has time to list every key; an hour before the daily close, which then finds little left to do.
        dg.ScheduleDefinition(
            name="weekly_reconciliation_schedule",
            job=weekly,  # type: ignore[arg-type]
            cron_schedule="30 0 * * 0",
            execution_timezone=settings.timezone,
        ),
        dg.ScheduleDefinition(
            name="monthly_filing_schedule",
            job=monthly,  # type: ignore[arg-type]
            cron_schedule="0 9 1-15 * *",
            execution_timezone=settings.timezone,
            execution_fn=evaluate,
        ),
    ]


def build_failure_sensor(announce: Callable[[str], None]) -> dg.SensorDefinition:
    """A sensor that hands one line on every failed run to `announce`."""

    @dg.run_failure_sensor(name="failure_sensor", description="Says which run failed and why; the snapshot in force stays.")
    def failure_sensor(context: dg.RunFailureSensorContext) -> None:
        announce(f"{context.dagster_run.job_name} {context.dagster_run.run_id}: {context.failure_event.message}")

    return failure_sensor

"""What edits know of filings: which were owed, and how far each came, by the log of filings.

Belongs here: what a build knows of that log. Does not: reading or writing it, or what may be done with a filing (reports.engine).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from glassbook.settings import Settings
from reports.engine.filing_log import examine_log
from reports.engine.period import due_on, parse_period, periods
from reports.engine.regime import load_regime, regime_names

FILING_COLUMNS = "regime varchar, period varchar, version bigint, state varchar, seal varchar, recorded_at timestamp"
OBLIGATION_COLUMNS = "regime varchar, obligation_kind varchar, code varchar, due_on date, disclosed_on date"

FilingRow = tuple[str, str, int, str, str | None, datetime]
ObligationRow = tuple[str, str, str, date, date | None]


def known_filings(settings: Settings, known_at: datetime) -> list[FilingRow]:
    """Newest state of every version of every filing, by the entries of the log up to an instant: what a build knows of filings is no newer
    than its data.

    Of a log that is not as it was written the entries before the first bad one count: a build goes on, and filings and `verify` name it.
    """
    entries, _ = examine_log(settings)
    newest: dict[tuple[str, str, int], FilingRow] = {}
    for entry in entries:
        at = datetime.fromisoformat(entry.at).astimezone(UTC)
        if at > known_at:
            continue
        name = (entry.regime, entry.period, entry.version)
        seal = entry.seal or (newest[name][4] if name in newest else None)
        newest[name] = (*name, entry.state, seal, at.replace(tzinfo=None))
    return [row for _, row in sorted(newest.items())]


def filing_obligations(settings: Settings, filings: list[FilingRow], known_at: datetime) -> list[ObligationRow]:
    """A row a period whose filing was due by an instant, from `filings_since` on, else from the first that the log knows of.

    Before that the platform filed without Glassbook.
    """
    until = known_at.astimezone(ZoneInfo(settings.timezone)).date()
    found: list[ObligationRow] = []
    for name in regime_names():
        regime = load_regime(name)
        opened = [parse_period(row[1], regime.frequency).first_on for row in filings if row[0] == name]
        since = settings.filings_since or min(opened, default=None)
        for period in periods(regime.frequency, since, until) if since else ():
            due = due_on(regime, period, settings.country)
            if due <= until:
                found.append((name, "filing", period.name, due, None))
    return found

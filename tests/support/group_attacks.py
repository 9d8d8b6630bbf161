"""What a reader who keeps every number of every month can infer from the public tables of people, by sums and differences.

Belongs here: the attack on the numbers, and making the tables again for other people. Does not: the rule (`differencing`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb

from glassbook.settings import Settings
from warehouse.engines.duckdb.connections import WORKING, attach

# Each part is published only for people for whom the part before it is published.
LEVELS = ("user_kind", "province_code", "industry_code", "income_band")
TOLD_ANEW = ("rpt_cn_public_lending", "rpt_cn_public_borrowing", "rpt_cn_public_people")
Counts = dict[tuple[date, str, str], int]


def people_told(connection: duckdb.DuckDBPyConnection, people_kind: str) -> Counts:
    """Numbers of people of one kind, by month end, kind of segment and segment."""
    rows = connection.execute(
        "select as_of_on, segment_kind, segment_code, people_count from rpt_cn_public_people where people_kind = ?", [people_kind]
    ).fetchall()
    return {(day, kind, segment): count for day, kind, segment, count in rows}


def small_differences(told: Counts, least: int, *, is_everybody_in: bool) -> list[str]:
    """Groups of too few people: each is a number, or a sum, of a month minus one of an earlier month or of a finer part.

    `is_everybody_in`: whether the rule covers all who are counted, so that those of whom nothing is said must not be few either.
    """
    days = sorted({day for day, _, _ in told})
    found = []
    for earlier, later in _spans(days):
        more: dict[str, dict[str, int]] = defaultdict(dict)
        for kind, segment in {(kind, segment) for _, kind, segment in told}:
            before = told.get((earlier, kind, segment), 0) if earlier else 0
            more[kind][segment] = told.get((later, kind, segment), 0) - before
        said = [sum(n for segment, n in more[level].items() if segment != "not_said") for level in LEVELS if level in more]
        sizes = {f"{level} {segment}": n for level in LEVELS for segment, n in more[level].items() if segment != "not_said"}
        sizes |= {f"level {number} and no more": coarse - fine for number, (coarse, fine) in enumerate(pairwise(said))}
        if is_everybody_in and said[0] and _follow(days, earlier, later):
            sizes["nothing said"] = more["total"]["all"] - said[0]
        found += [f"{earlier} to {later}: {n} of {what}" for what, n in sizes.items() if 0 < abs(n) < least]
    return found


def _spans(days: list[date]) -> Iterable[tuple[date | None, date]]:
    """Every pair of month ends, and each one alone."""
    return [(earlier, later) for later in days for earlier in (None, *days) if earlier is None or earlier < later]


def _follow(days: list[date], earlier: date | None, later: date) -> bool:
    return (days.index(later) - 1 if later != days[0] else None) == (days.index(earlier) if earlier else None)


def tell_anew(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Makes the tables of people again in a copy of a full build's snapshot, with other people or another minimum group."""
    compiled = settings.builds_dir / "dbt-target" / "compiled"
    attach(connection, settings.builds_dir / "working.duckdb", WORKING, read_only=True)
    try:
        for name in TOLD_ANEW:
            [path] = compiled.rglob(f"{name}.sql")
            connection.execute(f"create or replace table {name} as {Path(path).read_text(encoding='utf-8')}")
    finally:
        connection.execute(f"detach {WORKING}")

"""A later horizon extends the same history: what was known by the earlier one stays as it was."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from ingestion.contract import Table, load_contract
from tests.support.simulated_folders import count, opened, platform

TABLES = load_contract().tables
# Around the Spring Festival, a leap day, month ends, the end of growth and the plateau after it.
HORIZONS = [
    (date(2018, 1, 3), date(2018, 2, 28)),
    (date(2018, 8, 15), date(2019, 3, 31)),
    (date(2019, 12, 31), date(2020, 2, 29)),
    (date(2020, 2, 29), date(2020, 8, 31)),
]
# Instants of a row that stay null until they have come.
LATER = ("fully_funded_at", "disbursed_at", "closed_at", "decided_at", "redeemed_at", "opened_at", "clicked_at",
         "unsubscribed_at", "resolved_at", "disclosed_at", "deleted_at")  # fmt: skip


def cut(day: date) -> str:
    """First instant after `day` in Asia/Shanghai, in UTC."""
    return f"TIMESTAMP '{datetime.combine(day, time()) + timedelta(days=1, hours=-8)}'"


@pytest.mark.parametrize(("earlier", "later"), HORIZONS)
@pytest.mark.parametrize("anomalies", [False, True])
def test_later_horizon_extends(earlier: date, later: date, anomalies: bool) -> None:
    before, after = (platform(400, 7, day, anomalies) for day in (earlier, later))
    with opened(after) as database:
        for name, table in TABLES.items():
            source = f"FROM '{before / name}.parquet'"
            if table.kind == "append":
                known = f"FROM {name} WHERE created_at < {cut(earlier)}"
                difference = f"({source} EXCEPT ALL {known}) UNION ALL ({known} EXCEPT ALL {source})"
                assert count(database, difference) == 0, name
            else:
                database.execute(f"CREATE OR REPLACE TEMP TABLE old AS {source}")
                assert _wrong_states(database, table, cut(earlier)) == [], name


def _wrong_states(database, table: Table, cut_at: str) -> list[str]:  # type: ignore[no-untyped-def]
    keys = " AND ".join(f"o.{key} = n.{key}" for key in table.key)
    joined = f"old AS o INNER JOIN {table.name} AS n ON {keys}"
    checks = {
        "a row vanished": f"FROM old AS o ANTI JOIN {table.name} AS n ON {keys}",
        "an old row is new": f"FROM {table.name} AS n ANTI JOIN old AS o ON {keys} WHERE n.updated_at < {cut_at}",
        "changed after the horizon": f"FROM old WHERE updated_at >= {cut_at}",
        "changed without saying so": f"SELECT 1 FROM {joined} WHERE n.updated_at < {cut_at} AND o IS DISTINCT FROM n",
        "went back": f"SELECT 1 FROM {joined} WHERE n.updated_at < o.updated_at",
    }
    for column in set(LATER) & set(table.column_names):
        told = f"CASE WHEN n.{column} < {cut_at} THEN n.{column} END"
        # The books know the end of a loan with its last payment, which can be entered after it was made.
        checks[column] = f"SELECT 1 FROM {joined} WHERE o.{column} IS DISTINCT FROM {told}"
    return [name for name, query in checks.items() if count(database, query)]

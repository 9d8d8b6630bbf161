"""The command `glassbook explain`. It imports what it runs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassbook.errors import CheckFailed
from glassbook.format_option import format_option
from reports.commands.choosing import Asked, asked_options, choose

if TYPE_CHECKING:
    from datetime import date

    from glassbook.snapshots import Snapshot
    from reports.filing.declare.regime import Regime
    from reports.restating.sides import Filed


@click.command(
    epilog="Example: glassbook explain CN-A14 --regime cn --as-of 2019-12-31 --format csv > overdue.csv\n\n"
    "Example: glassbook explain CN-A14 --filing filings/cn-2019-12\n\n"
    "Example: glassbook explain OP-C01",
    short_help="Definition, basis, lineage, and the loans behind one figure.",
)
@click.argument("code")
@click.option("--filing", type=click.Path(path_type=Path), help="Package: the figure as filed, on the snapshot that it was made from.")
@click.option("--regime", help="Name of the regime, such as cn; figures of the house (OP-…, MK-…) need none.")
@asked_options
@format_option("table", "csv", "json", help="table: for people; csv: every row behind the figure; json: everything.")
@click.option("--rows", "limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows shown in a table.")
def explain(
    code: str,
    filing: Path | None,
    regime: str | None,
    asked: Asked,
    shape: str,
    limit: int,
) -> None:
    """Definition, legal basis, lineage and the rows that make up the figure CODE; exits 1 when they do not add up to it.

    The figure is that of a regime and a day, that of a filing, or one of the house's own figures. A figure with one value per key, such as
    per month of disbursement, is listed with its values. Where no rows add up to a figure, such as a median, the output says why.
    """
    from reports.figures import explain as explaining
    from reports.figures import explain_text
    from reports.figures.sets import FigureSource, house_set_of
    from reports.filing.declare.regime import load_regime

    filed = None
    declared: FigureSource
    if filing is not None:
        if regime or asked.as_of or asked.is_of_the_past:
            raise click.UsageError(
                "--filing names regime, day and snapshot by itself: leave out --regime, --as-of, --known-at and --snapshot."
            )
        filed, snapshot, declared, day = _choose_filing(filing)
    elif regime is not None:
        declared = load_regime(regime)
        _, snapshot, day = choose(asked)
    elif (of_house := house_set_of(code)) is not None:
        declared = of_house
        _, snapshot, day = choose(asked)
    else:
        raise click.UsageError("Name --regime, or a package with --filing.")
    explanation = explaining.explain(snapshot, declared, code, day)
    if filed is not None and filed.records.get(explanation.metric.code) != explanation.figure.record():
        raise CheckFailed(
            f"{filed.name} states {explanation.metric.code} differently from the snapshot that it names: the package was not made from it. "
            f"Run `glassbook verify {filing} --recompute`."
        )
    if filed is not None and shape == "table":
        click.echo(f"{filed.name}, as filed; seal {filed.seal}")
    if shape == "json":
        click.echo(explain_text.as_json(explanation), nl=False)
    elif shape == "csv":
        click.echo(explain_text.as_csv(explanation), nl=False)
    else:
        click.echo(explain_text.as_text(explanation, limit), nl=False)
    rows = explanation.contributions
    if rows is not None and not rows.adds_up:
        raise CheckFailed(
            f"the rows behind {code} add up to {explain_text.sums_of(rows)}, the figure says {explain_text.expected_of(rows)}; "
            "this snapshot must not be filed: run `glassbook build --full` and compare"
        )


def _choose_filing(package: Path) -> tuple[Filed, Snapshot, Regime, date]:
    """A package, and the snapshot, regime and day of its figures."""
    from glassbook.settings import load_settings
    from reports.filing.declare.regime import load_regime
    from reports.restating.sides import filed_snapshot, read_filed

    filed = read_filed(package)
    return filed, filed_snapshot(load_settings(), filed.head, filed.name), load_regime(str(filed.head["regime"])), filed.as_of

"""The command `glassbook compare`. It imports what it runs when it is called."""

from __future__ import annotations

from pathlib import Path

import click

from glassbook.errors import CheckFailed
from glassbook.format_option import format_option


@click.command(
    epilog="Example: glassbook compare filings/cn-2019-12 filings/cn-2019-12-v2",
    short_help="What changed between two filings, why, and the loans behind it.",
)
@click.argument("package", type=click.Path(path_type=Path))
@click.argument("other", required=False, type=click.Path(path_type=Path))
@format_option("table", "json", "csv", help="table: for people; json: everything; csv: one line per loan behind each change.")
@click.option("--rows", "limit", type=click.IntRange(min=0), default=10, show_default=True, help="Loans shown per figure in a table.")
def compare(package: Path, other: Path | None, shape: str, limit: int) -> None:
    """What changed between PACKAGE and OTHER of the same period; without OTHER, between PACKAGE and the current snapshot.

    Each changed figure comes with its cause (late, corrected or reversed rows, rule version, parameter, code) and the loans behind it. Both
    snapshots must be kept. Exits 1 when the cause of a change cannot be proved, or its loans do not add up to it.
    """
    from glassbook.settings import load_settings
    from reports.restating.annex import as_csv, as_json
    from reports.restating.comparing import compare_packages
    from reports.restating.text import comparison_text

    found = compare_packages(load_settings(), package, other)
    if shape == "json":
        click.echo(as_json(found), nl=False)
    elif shape == "csv":
        click.echo(as_csv(found), nl=False)
    else:
        click.echo(comparison_text(found, limit), nl=False)
    if found.doubts:
        raise CheckFailed(
            f"not explained by any row, rule, parameter or code: {', '.join(found.doubts)}. "
            "Run `glassbook verify PACKAGE --recompute` on each package, then `glassbook build --full`."
        )

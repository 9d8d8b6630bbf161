"""The command `glassbook restatements`. It imports what it runs when it is called."""

from __future__ import annotations

import click

from glassbook.errors import CheckFailed
from glassbook.format_option import format_option


@click.command(
    epilog="Example: glassbook restatements --format json",
    short_help="Which filings later loads have changed.",
)
@format_option("table", "json")
def restatements(shape: str) -> None:
    """Filings of the home that differ from what the current snapshot says of their period; exits 1 when there are any.

    The newest version of each is compared, figure by figure; `glassbook compare` then explains the difference.
    """
    from glassbook.settings import load_settings
    from reports.restating.text import standings_json, standings_text
    from reports.restating.touched import standings

    snapshot, found = standings(load_settings())
    click.echo((standings_json if shape == "json" else standings_text)(snapshot, found), nl=False)
    unclear = [standing.filing for standing in found if standing.problem is not None]
    touched = [standing.filing for standing in found if standing.is_touched]
    if touched or unclear:
        told = [f"{', '.join(names)} {what}" for names, what in ((touched, "touched"), (unclear, "not readable")) if names]
        raise CheckFailed("; ".join(told))

"""The command `glassbook repair`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

import click


@click.command(epilog="Example: glassbook repair", short_help="Put entries of the load log back from their second place.")
def repair() -> None:
    """Put back what the home itself can prove of its load log: each entry stands at two places and is chained to the one before.

    Changes nothing when all is well, and throws nothing away; what stood in the way is set aside. Exits 1 for what it cannot prove.
    """
    from glassbook.settings import load_settings
    from ingestion.loading.repair import repair as put_back

    for sentence in put_back(load_settings()) or ["the load log is as it was written; nothing was changed"]:
        click.echo(sentence)

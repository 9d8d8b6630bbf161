"""The command `glassbook repair`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

import click


@click.command(epilog="Example: glassbook repair", short_help="Restore entries of the load log from their second place.")
def repair() -> None:
    """Restore the load log as far as the home itself can prove it: each entry is stored at two places and chained to the one before.

    Changes nothing when all is well, and throws nothing away; what was in the way is set aside. Exits 1 for what it cannot prove.
    """
    from glassbook.settings import load_settings
    from ingestion.loading.repair import repair as put_back

    for sentence in put_back(load_settings()) or ["the load log is as it was written; nothing was changed"]:
        click.echo(sentence)

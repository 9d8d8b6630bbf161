"""The command `glassbook prune`; what it runs is imported when it is called, so that help stays fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reports.retention.pruning import PrunePlan

EXAMPLE = """
\b
Example:
  glassbook prune
  glassbook prune --yes
  glassbook prune --snapshot 2019-12-31-0123456789ab
"""


@click.command(epilog=EXAMPLE, short_help="Remove snapshots that nothing needs; shows them first.")
@click.option("--yes", is_flag=True, help="Remove what is shown. Without it nothing is removed.")
@click.option("--snapshot", "snapshot_id", help="Only this snapshot; exits 1 when it is current or a filing needs it.")
def prune(yes: bool, snapshot_id: str | None) -> None:
    """Remove snapshots that no filing needs, except the newest `keep_snapshots`; shows them first.

    What a filing needs stays for at least five years after its last step, and is listed. Lake, profile, filings and logs always stay.
    """
    from glassbook.settings import load_settings
    from reports.retention import pruning

    settings = load_settings()
    if snapshot_id is not None:
        pruning.prune_one(settings, snapshot_id, is_rehearsal=not yes)
        click.echo(f"{'removed' if yes else 'may be removed'}: snapshot {snapshot_id}")
    else:
        plan = pruning.prune(settings) if yes else pruning.make_plan(settings)
        _show(plan, is_done=yes)
    if not yes:
        click.echo("nothing was removed; add --yes to do so")


def _show(plan: PrunePlan, *, is_done: bool) -> None:
    for kept in plan.kept:
        click.echo(f"kept     snapshot {kept.name}: {'; '.join(kept.reasons)}")
    for package in plan.missing:
        click.echo(
            f"missing  snapshot {package.snapshot_id}, which the filing {package.name} needs: "
            f"glassbook build --known-at {package.known_at} makes it again with the same code"
        )
    word = "removed " if is_done else "may go  "
    for snapshot in plan.snapshots:
        click.echo(f"{word} snapshot {snapshot.snapshot_id}, as known at {snapshot.known_at.isoformat()}")
    if not plan.snapshots:
        click.echo("nothing may go")

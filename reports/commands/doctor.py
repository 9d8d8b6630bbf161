"""The command `glassbook doctor`. It imports what it runs when it is called."""

from __future__ import annotations

import click

from glassbook.errors import CheckFailed


@click.command(epilog="Example: glassbook doctor", short_help="Check the installation and the home; say how to fix each problem.")
@click.option("--deep", is_flag=True, help="Compare every byte of lake and snapshots, and every package, with what was recorded.")
def doctor(deep: bool) -> None:
    """Check that everything is in place: Python, packages, settings, home, load log, lake, clocks, snapshots, filings, keys, disk.

    Reports what it did not check; exits 1 when something is not in place.
    """
    from reports.doctor.examining import examine

    findings = examine(is_deep=deep)
    for finding in findings:
        click.echo(f"{finding.mark:<5} {finding.topic:<12} {finding.found}")
        if finding.fix:
            click.echo(f"{'':18} do: {finding.fix}")
    broken = [finding.topic for finding in findings if finding.state == "broken"]
    if broken:
        raise CheckFailed(f"not in place: {', '.join(broken)}")

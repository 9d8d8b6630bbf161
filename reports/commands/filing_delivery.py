"""The commands `glassbook filing deliver` and `glassbook filing deliveries`; what they run is imported when they are called."""

from __future__ import annotations

import click

from glassbook.format_option import format_option


@click.command(
    epilog="Example: glassbook filing deliver cn-2019-12 --to regulator",
    short_help="Deliver a submitted package to its recipient.",
)
@click.argument("filing")
@click.option("--version", type=click.IntRange(min=1), help="Version of the filing. [default: the newest]")
@click.option("--to", "target", default="outbox", show_default=True, help="Target of the settings; outbox: a folder in the home.")
def deliver(filing: str, version: int | None, target: str) -> None:
    """Deliver the package of FILING, signed and submitted, to its recipient: a folder, an SFTP server or an HTTPS address.

    Retries after transient faults; a package that arrived is not sent twice. Exits 1 when it did not arrive.
    """
    from glassbook.settings import load_settings
    from reports.delivery.delivering import deliver as bring

    done = bring(load_settings(), filing, target, version=version, report=lambda line: click.echo(line, err=True))
    word = "delivered" if done.outcome == "delivered" else "was there already"
    click.echo(f"{done.filing.filing_id} version {done.filing.version} to {target}: {word}, {done.parcel}, SHA-256 {done.sha256}")
    click.echo(f"receipt: {done.receipt}")


@click.command(epilog="Example: glassbook filing deliveries --format json", short_help="Every delivery attempt, and how it ended.")
@format_option("text", "json")
def deliveries(shape: str) -> None:
    """The log of deliveries: every attempt and how it ended; exits 1 when the log is not as it was written."""
    import json
    from dataclasses import asdict

    from glassbook.settings import load_settings
    from reports.delivery.attempts import read_attempts

    attempts = read_attempts(load_settings())
    if shape == "json":
        click.echo(json.dumps([asdict(attempt) for attempt in attempts], ensure_ascii=False, indent=2))
        return
    for a in attempts:
        problem = f": {a.problem}" if a.problem else ""
        number = f" (attempt {a.attempt})" if a.attempt else ""
        click.echo(f"{a.at}  {a.regime} {a.period} version {a.version} to {a.target}: {a.event.replace('_', ' ')}{number}{problem}")
    if not attempts:
        click.echo("nothing was delivered yet")

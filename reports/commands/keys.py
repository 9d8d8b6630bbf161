"""The command `glassbook keys`: the keys of the people who sign; what it runs is imported when it is called."""

from __future__ import annotations

from pathlib import Path

import click

from glassbook.out_option import OutPath

EXAMPLE = """
\b
Example:
  glassbook keys new li.na --name 李娜
  glassbook keys list
"""


@click.group(epilog=EXAMPLE, short_help="Keys of the people who sign filings: make, list, revoke, hand out.")
def keys() -> None:
    """Ed25519 keys of the people who sign filings: one key per person, the private half encrypted with a passphrase of their own."""


@keys.command(epilog="Example: glassbook keys new li.na --name 李娜 --days 730", short_help="Make a key for a person.")
@click.argument("person")
@click.option("--name", required=True, help="The person's name, as forms and profile write it.")
@click.option("--days", type=click.IntRange(1, 36_500), default=730, show_default=True, help="Days for which it is valid.")
def new(person: str, name: str, days: int) -> None:
    """Make a key for PERSON (an id such as li.na), and register its public half.

    The passphrase is asked for twice, or taken from GLASSBOOK_PASSPHRASE; it cannot be recovered.
    """
    from glassbook.clock import now
    from glassbook.settings import load_settings
    from reports.signing.private_keys import new_key, private_path

    settings = load_settings()
    passphrase = settings.passphrase.get_secret_value() or click.prompt(
        f"New passphrase of {person}", hide_input=True, confirmation_prompt=True, err=True
    )
    made = new_key(settings, person, name, passphrase, now(settings), days)
    click.echo(f"key of {person} ({made.name}), until {made.valid_until}\n  id       {made.key}\n  private  {private_path(settings, made)}")
    click.echo("Hand the register to the recipients of filings: glassbook keys hand-out --out DIR")


@keys.command("list", epilog="Example: glassbook keys list", short_help="Every key that was ever registered.")
def list_() -> None:
    """Every key that was ever registered, oldest first, with the time in which it is valid."""
    from glassbook.clock import now
    from glassbook.settings import load_settings
    from reports.signing.register import read_register

    settings = load_settings()
    for key in read_register(settings):
        state = key.refusal(now(settings)) or "holds"
        click.echo(f"{key.person:<16} {key.name}  {key.key[:16]}…  {key.valid_from} to {key.valid_until}  {state}")


@keys.command(epilog='Example: glassbook keys revoke li.na --reason "left the company"', short_help="End a person's key.")
@click.argument("person")
@click.option("--reason", required=True, help="Why.")
def revoke(person: str, reason: str) -> None:
    """End the key of PERSON now; what it signed before stays valid."""
    from glassbook.clock import now
    from glassbook.settings import load_settings
    from reports.signing.register import revoke_key

    settings = load_settings()
    revoked = revoke_key(settings, person, reason, now(settings))
    click.echo(f"key of {person} revoked at {revoked.revoked_at}: {revoked.key}")


@keys.command("hand-out", epilog="Example: glassbook keys hand-out --out for-the-regulator", short_help="What a recipient verifies with.")
@click.option("--out", required=True, type=OutPath(file_okay=False), help="Folder for the files.")
def hand_out(out: Path) -> None:
    """Write what a recipient needs to verify filings without Glassbook: the register of public keys, a script and a page of steps."""
    from glassbook.own_places import refuse_own_place
    from glassbook.settings import load_settings
    from reports.signing.hand_out import write_hand_out

    settings = load_settings()
    refuse_own_place(settings, out)
    for path in write_hand_out(settings, out):
        click.echo(str(path))

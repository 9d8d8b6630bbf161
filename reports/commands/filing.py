"""The command `glassbook filing`: the life of a filing, one subcommand per act; what it runs is imported when it is called."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from glassbook.format_option import format_option
from reports.commands.filing_delivery import deliver, deliveries

if TYPE_CHECKING:
    from glassbook.settings import Settings
    from reports.filing.acts.acts import Act

EXAMPLE = """
\b
Example:
  glassbook filing open cn-2019-12
  glassbook filing explain-edit cn-2019-12 CN-E08 --reason "TEXT"
  glassbook filing sign cn-2019-12 --role preparer --by li.na
  glassbook filing status
"""
_FILING = click.argument("filing")
_BY = click.option("--by", "by", default="", help="Who acts. [default: the setting `person`, else the user of the operating system]")
_REASON = click.option("--reason", required=True, help="Why, in a sentence that a regulator may read.")
_DESPITE = click.option("--despite-newer-data", "despite", help="Go on although newer data says otherwise: the reason why.")
_ROLES = click.Choice(["preparer", "approver", "legal_representative"])


@click.group(epilog=EXAMPLE, short_help="The life of a filing: open, check, explain, sign, submit, answer, supersede.")
def filing() -> None:
    """The life of a filing, named by regime and period such as cn-2019-12; each act is an entry of an append-only log (docs/filing.md)."""


@filing.command("open", epilog="Example: glassbook filing open cn-2019-12", short_help="Begin version 1 from the current snapshot.")
@_FILING
@_BY
def open_(filing: str, by: str) -> None:
    """Begin FILING: make its package from the current snapshot; exits 1 while something is open."""
    from reports.filing.acts.acts import open_filing

    settings, who = _who(by)
    _tell(open_filing(settings, filing, who))


@filing.command(epilog="Example: glassbook filing check cn-2019-12", short_help="Make the package again: newest data, reasons given.")
@_FILING
@_BY
def check(filing: str, by: str) -> None:
    """Make the package of FILING again from the current snapshot, with the reasons given; exits 1 while something is open.

    When that changes a byte, sign-offs become void and everyone signs again; otherwise nothing happens.
    """
    from reports.filing.acts.acts import check_filing

    settings, who = _who(by)
    _tell(check_filing(settings, filing, who))


@filing.command(
    "explain-edit",
    epilog='Example: glassbook filing explain-edit cn-2019-12 CN-E08 --reason "Loan 17 was the last before the limit; it ends in March."',
    short_help="Give the reason why a warning is accepted.",
)
@_FILING
@click.argument("code")
@_REASON
@_BY
def explain_edit(filing: str, code: str, reason: str, by: str) -> None:
    """Give the reason why the warning CODE of FILING is accepted; the reason is valid while the edit finds the same."""
    from reports.filing.acts.acts import explain_edit as act

    settings, who = _who(by)
    _tell(act(settings, filing, code, reason, who))


@filing.command(epilog="Example: glassbook filing sign cn-2019-12 --role approver --by wang.wei", short_help="Sign the package in a role.")
@_FILING
@click.option("--role", type=_ROLES, required=True, help="In which role.")
@_BY
@_DESPITE
def sign(filing: str, role: str, by: str, despite: str | None) -> None:
    """Sign FILING in a role, with the key of the person who acts (`glassbook keys new`); one person signs in one role.

    The passphrase is asked for, or taken from GLASSBOOK_PASSPHRASE.
    """
    from reports.filing.acts.acts import sign_filing

    settings, who = _who(by)
    _tell(sign_filing(settings, filing, role, who, lambda: ask_passphrase(settings, who), despite))


@filing.command(epilog="Example: glassbook filing submit cn-2019-12", short_help="Submit what everyone signed.")
@_FILING
@_BY
@_DESPITE
def submit(filing: str, by: str, despite: str | None) -> None:
    """Submit FILING: write the package with its signatures, as folder and .zip, to the place from which it is sent."""
    from reports.filing.acts.acts import submit_filing

    settings, who = _who(by)
    _tell(submit_filing(settings, filing, who, despite))


@filing.command(epilog="Example: glassbook filing acknowledge cn-2019-12 --receipt 2020-000123", short_help="The recipient accepted it.")
@_FILING
@click.option("--receipt", required=True, help="Number or text of the recipient's receipt.")
@_BY
def acknowledge(filing: str, receipt: str, by: str) -> None:
    """Record that the recipient accepted FILING; earlier versions are superseded from then on."""
    from reports.filing.acts.acts import answer_filing

    settings, who = _who(by)
    _tell(answer_filing(settings, filing, "acknowledge", who, None, receipt))


@filing.command(
    epilog='Example: glassbook filing refuse cn-2019-12 --reason "Form B is not legible"', short_help="The recipient refused it."
)
@_FILING
@_REASON
@click.option("--receipt", help="Number or text of the recipient's answer.")
@_BY
def refuse(filing: str, reason: str, receipt: str | None, by: str) -> None:
    """Record that the recipient refused FILING, and why; `supersede` opens the next version."""
    from reports.filing.acts.acts import answer_filing

    settings, who = _who(by)
    _tell(answer_filing(settings, filing, "refuse", who, reason, receipt))


@filing.command(
    epilog='Example: glassbook filing supersede cn-2019-12 --reason "Repayments of 30 December arrived late"',
    short_help="Open the next version of what was submitted.",
)
@_FILING
@_REASON
@_BY
def supersede(filing: str, reason: str, by: str) -> None:
    """Open the next version of FILING from the current snapshot; the one before stays in force until the next is accepted."""
    from reports.filing.acts.acts import supersede_filing

    settings, who = _who(by)
    _tell(supersede_filing(settings, filing, reason, who))


@filing.command(epilog="Example: glassbook filing status cn-2019-12", short_help="The status of filings, and what to do next.")
@click.argument("filing", required=False)
def status(filing: str | None) -> None:
    """The status of FILING (or of every filing): what is open, who signed, what newer data says, and what to do next."""
    from glassbook.settings import load_settings
    from reports.filing.acts.status import status_text

    click.echo(status_text(load_settings(), filing), nl=False)


@filing.command(epilog="Example: glassbook filing log cn-2019-12 --format json", short_help="Every step: who, when, why.")
@click.argument("filing", required=False)
@format_option("text", "json", help="json: the entries as kept.")
def log(filing: str | None, shape: str) -> None:
    """Every step of FILING (or of every filing), oldest first: who, when, why."""
    from glassbook.settings import load_settings
    from reports.filing.acts.status import log_text

    click.echo(log_text(load_settings(), filing, as_json=shape == "json"), nl=False)


filing.add_command(deliver)
filing.add_command(deliveries)


def ask_passphrase(settings: Settings, person: str) -> str:
    """The passphrase of a person's key, from the settings or the terminal."""
    given = settings.passphrase.get_secret_value()
    return given or str(click.prompt(f"Passphrase of {person}", hide_input=True, err=True))


def _who(by: str) -> tuple[Settings, str]:
    import os
    import pwd

    from glassbook.settings import load_settings

    settings = load_settings()
    return settings, by or settings.person or pwd.getpwuid(os.getuid()).pw_name


def _tell(act: Act) -> None:
    filing = act.filing
    click.echo(f"{filing.filing_id} version {filing.version}: {filing.state}" + ("" if act.is_new else " (nothing had changed)"))
    click.echo(f"  package  {act.package}")
    click.echo(f"  seal     {filing.seal}")
    click.echo(f"  next     {act.next}")
    if filing.state == "draft":
        sys.exit(1)

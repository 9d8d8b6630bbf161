"""The command `glassbook quarantine`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glassbook.format_option import format_option

if TYPE_CHECKING:
    from ingestion.loading.held_rows import Choice
    from ingestion.quarantine.decisions import Decided

EXAMPLE = """
\b
Example:
  glassbook quarantine list --table fees
  glassbook quarantine show fees-2-1
  glassbook quarantine accept fees-2-1 --by "Li Na" --reason "test booking of the custodian, no customer concerned"
  glassbook quarantine release --rule GB-F02 --by "Li Na" --reason "the contract knows the fee kind now"
"""
_Command = TypeVar("_Command", bound=Callable[..., Any])


def _choosing(function: _Command) -> _Command:
    """Adds the options by which rows are chosen."""
    for option in (
        click.option("--load", "load_seq", type=click.IntRange(min=1), help="Rows that came with this load."),
        click.option("--rule", help="Rows that broke this rule: its code, such as GB-F02, or its reason, such as value_not_in_list."),
        click.option("--table", help="Rows of this table."),
    ):
        function = option(function)
    return function


_FORMAT = format_option("table", "json")
_IDS = click.argument("ids", nargs=-1, metavar="[ID]...")


@click.group(epilog=EXAMPLE, short_help="Rows that broke a rule of form: see, accept, release.")
def quarantine() -> None:
    """Rows that broke a rule of form and are in no figure: see them, accept them by name with a reason, release them into the lake.

    Personal columns are shown as ***.
    """


@quarantine.command(
    "list",
    epilog="Example: glassbook quarantine list --table fees --rule GB-F02 --state all",
    short_help="Rows, and how many are in each state.",
)
@_choosing
@click.option(
    "--state",
    type=click.Choice(["open", "accepted", "superseded", "released", "all"]),
    default="open",
    show_default=True,
    help="What became of them; open rows of a figure's table keep a filing a draft.",
)
@click.option("--rows", "limit", type=click.IntRange(min=1), default=100, show_default=True, help="Rows shown in a table.")
@_FORMAT
def list_(table: str | None, rule: str | None, load_seq: int | None, state: str, limit: int, shape: str) -> None:
    """List rows in quarantine, and how many are in each state."""
    from glassbook.settings import load_settings
    from ingestion.loading.held_rows import STATES
    from ingestion.quarantine.pages import listed, print_list

    choice = _choice((), table, rule, load_seq)
    states = STATES if state == "all" else (state,)
    document = listed(load_settings(), choice.condition, states, limit if shape == "table" else None)
    if shape == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print_list(document, states)


@quarantine.command(epilog="Example: glassbook quarantine show fees-2-1", short_help="One row, its rule and its history.")
@click.argument("held", metavar="ID")
@_FORMAT
def show(held: str, shape: str) -> None:
    """Show a row beside what the lake holds under its key, the rule that it broke, and what was decided."""
    from glassbook.settings import load_settings
    from ingestion.loading.held_rows import parse_id
    from ingestion.quarantine.pages import print_row, shown

    document = shown(load_settings(), parse_id(held))
    if shape == "json":
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        print_row(document)


@quarantine.command(
    epilog='Example: glassbook quarantine accept fees-2-1 --by "Li Na" --reason "test booking, no customer concerned"',
    short_help="Leave rows out by name and with a reason.",
)
@_IDS
@_choosing
@click.option("--by", required=True, help="Name of the person who accepts.")
@click.option("--reason", required=True, help="Why the figures are right without these rows; part of the filing.")
def accept(ids: tuple[str, ...], table: str | None, rule: str | None, load_seq: int | None, by: str, reason: str) -> None:
    """Accept open rows: they stay out of every figure, and no longer hold a filing back. Name and reason go into the filing."""
    from glassbook.settings import load_settings
    from ingestion.quarantine import decisions

    choice = _choice(ids, table, rule, load_seq, needs_any=True)
    decided = decisions.accept(load_settings(), choice, by, reason)
    assert decided.load is not None  # a choice without rows raises
    click.echo(f"load {decided.load.load_seq}: {decided.rows:,} accepted by {decided.load.decision.by}")  # type: ignore[union-attr]
    click.echo("next: glassbook build")


@quarantine.command(
    epilog='Example: glassbook quarantine release --rule GB-F02 --by "Li Na" --reason "the contract knows the kind now"',
    short_help="Judge rows again by today's rules.",
)
@_IDS
@_choosing
@click.option("--by", required=True, help="Name of the person who releases.")
@click.option("--reason", default="", help="What has changed.")
def release(ids: tuple[str, ...], table: str | None, rule: str | None, load_seq: int | None, by: str, reason: str) -> None:
    """Judge open and accepted rows again by today's rules: what keeps them enters the lake, known from now on.

    Exits 1 and says which rule still holds when a row stays. Rows that were fixed at the source need no release: the load that brings
    the fixed row marks them as superseded.
    """
    from glassbook.errors import CheckFailed
    from glassbook.settings import load_settings
    from ingestion.quarantine import decisions

    decided = decisions.release(load_settings(), _choice(ids, table, rule, load_seq, needs_any=True), by, reason)
    if decided.load is not None:
        click.echo(f"load {decided.load.load_seq}: {decided.rows:,} released into the lake\nnext: glassbook build")
    if decided.still_held:
        raise CheckFailed(_still_held(decided))


_NAMED = 20


def _still_held(decided: Decided) -> str:
    from ingestion.contract.form_rules import FORM_RULES

    rules = {rule.reason: rule for rule in FORM_RULES}
    lines = [f"{len(decided.still_held):,} row(s) stay in quarantine:"]
    for row in decided.still_held[:_NAMED]:
        rule = rules[row.reason_code]
        lines.append(
            f"  {row.quarantine_id}: {rule.code} {rule.reason}" + (f", column {row.column}" if row.column else "") + f". {rule.rule}"
        )
    if len(decided.still_held) > _NAMED:
        lines.append(f"  … and {len(decided.still_held) - _NAMED:,} more")
    return "\n".join([*lines, "  Fix them at the source and load again, or accept them."])


def _choice(ids: tuple[str, ...], table: str | None, rule: str | None, load_seq: int | None, *, needs_any: bool = False) -> Choice:
    from glassbook.errors import InputError
    from ingestion.contract import load_contract
    from ingestion.contract.form_rules import FORM_RULES
    from ingestion.loading.held_rows import Choice, parse_id

    if needs_any and not ids and table is None and rule is None and load_seq is None:
        raise InputError(
            found="neither an id nor an option",
            where="the rows to decide on",
            expected="ids, or --table, --rule or --load",
            remedy="Say which rows; `glassbook quarantine list` shows them.",
        )
    if table is not None and table not in load_contract().tables:
        raise InputError(
            found=repr(table), where="--table", expected="a table of the contract", remedy="See docs/data-dictionary.md for their names."
        )
    reasons = {name: r.reason for r in FORM_RULES for name in (r.code, r.reason)}
    if rule is not None and rule not in reasons:
        raise InputError(found=repr(rule), where="--rule", expected=", ".join(sorted(reasons)), remedy="Take one of these.")
    return Choice(tuple(map(parse_id, ids)), table, None if rule is None else reasons[rule], load_seq)

"""The command `glassbook profile`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassbook.format_option import format_option

if TYPE_CHECKING:
    from glassbook.profile.records import Profile

EXAMPLE = """
\b
Example:
  glassbook profile check
  glassbook profile show --as-of 2019-12-31
"""
_FILE = click.option("--file", "file", type=click.Path(path_type=Path), help="The profile. [default: profile/profile.yml in the home]")


@click.group(epilog=EXAMPLE, short_help="Who runs the platform: write, check and show the versioned profile.")
def profile() -> None:
    """Who runs the platform: registration, licences, custodian, shareholders, officers, fees, channels, reports, with their history."""


@profile.command(epilog="Example: glassbook profile init", short_help="Write a profile to fill in.")
@_FILE
def init(file: Path | None) -> None:
    """Write a profile to fill in, and the JSON Schema that editors complete and check it by; an existing file stays."""
    from glassbook.errors import InputError
    from glassbook.profile.formats import SCHEMA, regime_at_home, template_text
    from glassbook.profile.schema import schema_text

    path, regime = _path(file), regime_at_home()
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent / SCHEMA).write_text(schema_text(regime), encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as handle:
            handle.write(template_text(regime))
    except FileExistsError as error:
        raise InputError(
            found="a profile",
            where=str(path),
            expected="a name that is free",
            remedy="Change that profile, or name another --file.",
        ) from error
    click.echo(f"profile: {path}\nFill it in, then run `glassbook profile check`.")


@profile.command(epilog="Example: glassbook profile check --file profile/profile.yml", short_help="Is the profile complete and right.")
@_FILE
def check(file: Path | None) -> None:
    """Is the profile complete, its history without gaps or overlaps, every attachment as its hash says; names file and line."""
    from glassbook.profile.history import changes

    path, found = _load(file)
    undisclosed = [change for change in changes(found) if change.disclosed_on is None]
    click.echo(f"{path}: {len(changes(found))} changes, {len(found.attachments)} attachments, all in order")
    for change in undisclosed:
        click.echo(f"not disclosed yet: {change.what} {change.change_kind} on {change.changed_on}")


@profile.command(epilog="Example: glassbook profile show --as-of 2019-12-31 --history", short_help="What held on a day.")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Business date.")
@click.option("--history", is_flag=True, help="Every change up to that day instead, with the day of its disclosure.")
@format_option("text", "json")
@_FILE
def show(as_of: datetime, history: bool, shape: str, file: Path | None) -> None:
    """What of the profile held on a day, or every change until then."""
    from glassbook.profile import showing

    _, found = _load(file)
    day: date = as_of.date()
    document = showing.history(found, day) if history else showing.state(found, day)
    click.echo(showing.as_json(document) if shape == "json" else showing.as_text(document), nl=False)


def _path(file: Path | None) -> Path:
    from glassbook.settings import load_settings

    return file or load_settings().profile_file


def _load(file: Path | None) -> tuple[Path, Profile]:
    from glassbook.profile.reading import load_profile

    path = _path(file)
    return path, load_profile(path)

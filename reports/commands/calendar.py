"""The command `glassbook calendar`; what it runs is imported when it is called, so that help stays fast."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from glassbook.format_option import format_option
from glassbook.out_option import OutPath

EXAMPLE = """
\b
Example:
  glassbook calendar
  glassbook calendar --check
  glassbook calendar --format ics --out /srv/www/internal/disclosure.ics
"""


@click.command(epilog=EXAMPLE, short_help="What is due when, what is late, and who must act.")
@click.option("--regime", help="Name of a regime, such as cn. [default: all]")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last due day to show. [default: 60 days from today]")
@click.option("--all", "with_done", is_flag=True, help="Show also what is done.")
@click.option("--check", is_flag=True, help="Exit 1 when anything is late, or may be late unseen.")
@format_option("text", "json", "ics", help="text: for people; json: everything; ics: iCalendar, everything.")
@click.option("--out", type=OutPath(dir_okay=False), help="File to write to, in one step. [default: the terminal]")
def calendar(regime: str | None, until: datetime | None, with_done: bool, check: bool, shape: str, out: Path | None) -> None:
    """What is due when: filings, changes of the profile, risk events, yearly reports; what is late, and who must do what next."""
    from glassbook.errors import CheckFailed
    from glassbook.settings import load_settings
    from reports.deadlines.reading import read_calendar

    settings = load_settings()
    found = read_calendar(settings, regime, None if until is None else until.date())
    if shape == "ics":
        from reports.deadlines.ics import as_icalendar

        content = as_icalendar(found)
    else:
        from reports.deadlines.showing import as_json, as_text

        content = (as_json(found) if shape == "json" else as_text(found, with_done=with_done)).encode()
    if out is None:
        click.echo(content, nl=False)
    else:
        from glassbook.own_places import refuse_other_than_file, refuse_own_place
        from reports.filing.package.package import write_whole

        refuse_own_place(settings, out)
        refuse_other_than_file(out)
        # For subscribers: a web server of the company serves it.
        write_whole(out, content, is_for_all=True)
        click.echo(f"calendar: {out}")
    late = found.of("late")
    problems = [f"{len(late)} late, the first was due {late[0].due_on}: {late[0].title_zh} / {late[0].title_en}"] if late else []
    problems += [f"not known: {gap}" for gap in found.gaps.values()]
    if check and problems:
        raise CheckFailed("\n".join(problems))

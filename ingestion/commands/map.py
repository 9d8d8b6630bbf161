"""The command `glassbook map`; what it runs is imported when it is called, so that help stays quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glassbook.errors import InputError
from glassbook.out_option import OutPath

if TYPE_CHECKING:
    from ingestion.map.check import Coverage

_EXAMPLE = """
\b
Example:
  glassbook map init --source postgresql://glassbook@db.example/platform --out mapping.yml
  glassbook map check --mapping mapping.yml --source postgresql://glassbook@db.example/platform
"""


@click.group("map", epilog=_EXAMPLE, short_help="How a platform's own tables become the contract's: draft and check a mapping.")
def map_group() -> None:
    """How a platform's own tables become the contract's; docs/sources.md describes the file."""


@map_group.command(epilog="Example: glassbook map init --source mysql://glassbook@db.example/platform --out mapping.yml")
@click.option("--source", required=True, help="Database, file or folder to look at.")
@click.option("--out", default="mapping.yml", show_default=True, type=OutPath(dir_okay=False), help="File to write.")
def init(source: str, out: Path) -> None:
    """Draft a mapping from names, types and keys of a source, with what is left to you as comments; an existing file stays.

    The JSON Schema by which editors complete it is written beside it.
    """
    from glassbook.own_places import refuse_own_place
    from glassbook.settings import load_settings
    from ingestion.map.draft import draft, draft_text
    from ingestion.mapping.schema import PATH
    from ingestion.sources.opening import open_database

    settings = load_settings()
    refuse_own_place(settings, out)
    if out.exists():
        raise InputError(
            found="a file", where=str(out), expected="a name that is free", remedy="Change that mapping, or name another --out."
        )
    with open_database(source, settings.source_encoding) as opened:
        drafts = draft(opened)
        text = draft_text(drafts, opened.name, "mapping.schema.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    (out.parent / "mapping.schema.json").write_text(PATH.read_text(encoding="utf-8"), encoding="utf-8")
    out.write_text(text, encoding="utf-8")
    found = [one for one in drafts if one.relation is not None]
    click.echo(f"{out}: {len(found)} of {len(drafts)} tables drafted from {opened.name}")
    click.echo(f"Look at every line, then: glassbook map check --mapping {out} --source …")


@map_group.command(epilog="Example: glassbook map check --mapping mapping.yml --source postgresql://glassbook@db.example/platform")
@click.option("--mapping", type=click.Path(path_type=Path, dir_okay=False), help="Mapping to check; the setting `mapping` unless given.")
@click.option("--source", default="", help="Also compare it with this source: tables, columns and types.")
def check(mapping: Path | None, source: str) -> None:
    """Say table by table what is covered, what is missing, and which figures will be not supplied.

    Exits 1 when a load could not use it.
    """
    from glassbook.settings import load_settings
    from ingestion.map.check import coverage, day_said, figures_without
    from ingestion.mapping import read_mapping
    from ingestion.mapping.given_sql import require_reading_somewhere
    from ingestion.sources.opening import open_database
    from ingestion.sources.registry import dialects
    from ingestion.sources.rights import surplus_rights

    settings = load_settings()
    path = mapping or settings.mapping
    if path is None:
        raise InputError(
            found="no mapping", where="--mapping", expected="a mapping file", remedy="Name one; `glassbook map init` drafts it."
        )
    read = read_mapping(path)
    said = None
    rights: list[str] = []
    if source:
        with open_database(source, settings.source_encoding, read.timezone) as opened:
            rights = surplus_rights(opened)
            covered = coverage(read, opened)
            said = day_said(settings, read, opened)
    else:
        require_reading_somewhere(read, dialects())
        covered = coverage(read)
    for found in covered:
        click.echo(_line(found))
    if said is not None:
        click.echo(f"{'complete_until':24} {said.told}")
    for right in rights:
        click.echo(f"{'login':24} may do more than read: {right}")
    lost = figures_without(covered)
    click.echo(f"\n{len(lost)} figures will be not supplied:" if lost else "\nEvery figure will be supplied.")
    for code, name, needs in lost:
        click.echo(f"  {code:8} {name} (needs {', '.join(needs)})")
    if not all(found.is_right for found in covered) or (said is not None and not said.is_right):
        click.echo("\nA load cannot use this mapping: see what is marked with ✗.", err=True)
        sys.exit(1)


def _line(found: Coverage) -> str:
    table = found.table
    if not found.is_supplied:
        word = "✗ required and not mapped" if table.required else "not supplied"
        return f"{table.name:24} {word}"
    text = f"{table.name:24} {found.covered} of {len(table.columns)} columns"
    if found.null:
        text += f"; null: {', '.join(found.null)}"
    if found.stood_in:
        text += f"; stood in for: {', '.join(found.stood_in)}"
    if found.missing:
        text += f"\n  ✗ missing: {', '.join(found.missing)}"
    if found.problem:
        text += f"\n  ✗ {found.problem}"
    return text

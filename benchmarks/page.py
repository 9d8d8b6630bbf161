"""A table of measurements, in the terminal and between its marks in docs/performance.md."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
GB = 2**30
Row = tuple[str, str, str, str]


def show(title: str, head: Row, rows: list[Row], command: str, *, keep: bool) -> None:
    """Prints the table; with `keep`, writes it into the page where `command` has its place."""
    table = Table(*head, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console = Console()
    console.print(title)
    console.print(table)
    if keep:
        begin, end = f"<!-- begin: written by `{command} --write` -->\n", f"<!-- end of {command} -->\n"
        text = PAGE.read_text(encoding="utf-8")
        lines = [title, "", *(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))]
        PAGE.write_text(text[: text.index(begin)] + begin + "\n".join(lines) + "\n" + text[text.index(end) :], encoding="utf-8")
        console.print(f"kept in {PAGE}")

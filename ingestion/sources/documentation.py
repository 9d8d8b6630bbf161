"""Writes the table of addresses in docs/sources.md from what the engines say: `python -m ingestion.sources.documentation`.

Belongs here: that table. Does not: any word about an engine; those are in its folder.
"""

from __future__ import annotations

from pathlib import Path

from ingestion.sources.registry import engines, in_order

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
COMMAND = "python -m ingestion.sources.documentation"
_BEGIN, _END = f"<!-- begin: written by `{COMMAND}` -->\n", f"<!-- end of {COMMAND} -->\n"


def with_table(page: str) -> str:
    """The page with the table as the engines have it today, one row per engine."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    rows = ["| address | reads |", "| --- | --- |"]
    rows += [
        f"| {f'`{engine.address}`' if engine.schemes else engine.address} | {engine.reads} |" for engine in in_order(engines().values())
    ]
    return before + _BEGIN + "\n".join(rows) + "\n" + _END + after


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE.name}")

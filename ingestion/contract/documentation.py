"""Writes what other parts read from the contract: `python -m ingestion.contract.documentation`.

Belongs here: the dbt documents of lake and staging, the contract as a macro, and the data dictionary page. Does not:
any word about a table or a column of the contract; those are in `contract.yml`.
"""

from __future__ import annotations

import re
from pathlib import Path

from ingestion.contract import IMPLIED_COLUMNS, Column, Table, load_contract
from ingestion.contract.form_rules import FORM_RULES

ROOT = Path(__file__).resolve().parents[2]
STAGING = "dbt_project/models/staging"
COMMAND = "python -m ingestion.contract.documentation"
_ALSO_DATED = re.compile(r"also_dated=\['(\w+)'\]")
_LOAD_SEQ = "Number of the load that brought the row."
_ROW_NUMBER = "Place of the row in its file of the lake; decides between versions of the same instant in one load."


def documents() -> dict[str, str]:
    """Path below the repository's root and content of every generated document."""
    return {
        f"{STAGING}/_sources.yml": sources_yml(),
        "dbt_project/macros/contract.sql": contract_macro(),
        **{f"{STAGING}/stg_{table.name}.yml": staging_yml(table) for table in load_contract().tables.values()},
        "docs/data-dictionary.md": dictionary_page(),
    }


def sources_yml() -> str:
    """The contract's tables as dbt sources, which read the functions over the lake's files."""
    lines = [_note("#"), "version: 2", "sources:", "  - name: lake"]
    lines += [
        "    description: What platforms handed over, append-only, as Parquet. The functions name the files that a build knows.",
        "    config:",
        "      meta: {external_location: 'working.main.lake_{name}()'}",
        "    tables:",
    ]
    for table in load_contract().tables.values():
        lines += [f"      - name: {table.name}", f"        description: {_text(_describe(table))}", "        columns:"]
        lines += [f"          - {{name: {c.name}, description: {_text(_meaning(c))}}}" for c in table.columns]
        lines.append(f"          - {{name: _load_seq, description: {_text(_LOAD_SEQ)}}}")
        lines.append("          - {name: _row_hash, description: 'Hash of the content of the row.'}")
    lines += [
        "  - name: arrivals",
        "    description: The rows of the lake that the warehouse has not seen. A full build has seen none; columns are those of the lake.",
        "    config:",
        "      meta: {external_location: 'working.main.arrivals_{name}()'}",
        "    tables:",
        *(f"      - {{name: {name}, description: {_text(f'New rows of {name}.')}}}" for name in load_contract().tables),
        "  - name: tombstones",
        "    description: >-",
        "      Keys of append tables that the source has lost, as found by loads that the warehouse has not seen.",
        "      A full build needs none; columns are those of the key and _load_seq.",
        "      Of a mutable table a row that went is a version with deleted_at.",
        "    config:",
        "      meta: {external_location: 'working.main.tombstones_{name}()'}",
        "    tables:",
        *(
            f"      - {{name: {table.name}, description: {_text(f'Keys of {table.name} that went.')}}}"
            for table in load_contract().tables.values()
            if table.kind == "append"
        ),
    ]
    return "\n".join(lines) + "\n"


def contract_macro() -> str:
    """The contract as a dbt macro: what staging and the checks of keys and money need from it."""
    lines = ["{#", _note("  "), "  Columns without those that a cursor implies; instants are those of them that have a business date. #}"]
    lines += ["{% macro contract_tables() -%}", "    {%- do return({"]
    for table in load_contract().tables.values():
        own = [c for c in table.columns if c.name not in IMPLIED_COLUMNS[table.kind]]
        told = {
            "kind": table.kind,
            "key": list(table.key),
            "money": list(table.money_columns),
            "instants": [c.name for c in own if c.type == "time"],
            "columns": [c.name for c in own],
        }
        columns = f"'columns': {told.pop('columns')!r}"
        lines += [f"        '{table.name}': {{{str(told)[1:-1]},", f"            {columns}}},"]
    return "\n".join([*lines, "    }) -%}", "{%- endmacro %}"]) + "\n"


def staging_yml(table: Table) -> str:
    """The staging model of a table and its columns, described; the grain is the contract's key."""
    state = "Newest known version of each key, deleted ones too." if table.kind == "mutable" else "Every row that came."
    grain = f"Grain is one row per {' and '.join(filter(None, [', '.join(table.key[:-1]), table.key[-1]]))}."
    lines = [_note("#"), "version: 2", "models:", f"  - name: stg_{table.name}"]
    lines += [f"    description: {_text(f'{table.description} {state} {grain}')}", "    columns:"]
    lines += [f"      - {{name: {name}, description: {_text(meaning)}}}" for name, meaning in _staged_columns(table)]
    return "\n".join(lines) + "\n"


def _staged_columns(table: Table) -> list[tuple[str, str]]:
    """Columns of the table's staging model in the order of its query: the contract's, business dates, then how the row came."""
    implied = IMPLIED_COLUMNS[table.kind]
    model = (ROOT / STAGING / f"stg_{table.name}.sql").read_text(encoding="utf-8")
    found = [(c.name, _meaning(c)) for c in table.columns if c.name not in implied]
    dated = [c.name for c in table.columns if c.type == "time" and c.name not in implied] + _ALSO_DATED.findall(model)
    found += [(f"{instant.removesuffix('_at')}_on", f"Business date of {instant}.") for instant in dated]
    found += [(c.name, _meaning(c)) for c in table.columns if c.name in implied]
    found.append(("_load_seq", _LOAD_SEQ))
    return [*found, ("_row_number", _ROW_NUMBER)] if table.kind == "mutable" else found


def dictionary_page() -> str:
    """The data dictionary as Markdown: what a platform must hand over, table by table."""
    contract = load_contract()
    lines = [f"<!-- {_note('')[1:]} -->", "", "# Data dictionary", "", f"Version {contract.version} of the source contract: "]
    lines[-1] += f"{len(contract.tables)} tables, of which {sum(t.required for t in contract.tables.values())} are required."
    lines += ["", *_INTRODUCTION, "", "| table | required | rows | key | holds |", "| --- | --- | --- | --- | --- |"]
    for table in contract.tables.values():
        required, key = ("yes" if table.required else "no"), ", ".join(table.key)
        lines.append(f"| [{table.name}](#{table.name}) | {required} | {table.kind} | {key} | {_cell(table.description)} |")
    lines += ["", "## Rules of form", "", "A row that breaks one goes to quarantine with the reason; the load goes on.", ""]
    lines += ["| code | reason | rule |", "| --- | --- | --- |", *(f"| {r.code} | `{r.reason}` | {_cell(r.rule)} |" for r in FORM_RULES)]
    for table in contract.tables.values():
        lines += ["", f"## {table.name}", "", _describe(table), ""]
        lines += ["| column | type | null | personal | meaning |", "| --- | --- | --- | --- | --- |"]
        for c in table.columns:
            null, pii = ("yes" if c.nullable else "no"), ("yes" if c.pii else "")
            kind = f"{c.type}, ahead" if c.type in ("date", "time") and not c.has_happened else c.type
            lines.append(f"| {c.name} | {kind} | {null} | {pii} | {_cell(_meaning(c))} |")
    return "\n".join(lines) + "\n"


_INTRODUCTION = [
    "A platform hands over one Parquet or CSV file (or a folder of files) a table, named after it. `id` is a 64-bit integer, `money`",
    "decimal(18,2) in the currency of the platform, `rate` decimal(9,6) a year (0.12 is 12 %), `date` a day in the platform's time",
    "zone, `time` an instant in UTC with microseconds. *mutable* rows change and carry `updated_at` and `deleted_at`; *append* rows never",
    "change and carry `created_at`. A `date` or `time` says when something happened and never lies after the day of its load (GB-F07); one",
    "marked *ahead* may. Personal data never leaves the warehouse unmasked.",
]


def _note(mark: str) -> str:
    return f"{mark} Written by `{COMMAND}` from ingestion/contract.yml; change that, not this."


def _describe(table: Table) -> str:
    need = "Required." if table.required else "Without it the parts that need it say 'not supplied'."
    return f"{table.description} {table.kind.capitalize()}, key {', '.join(table.key)}. {need}"


def _meaning(column: Column) -> str:
    return f"{column.description} One of: {', '.join(column.values)}." if column.values else column.description


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for name, content in documents().items():
        (ROOT / name).write_text(content, encoding="utf-8")
        print(f"wrote {name}")

"""A snapshot needs nothing else, names nothing outside it, and holds personal data only masked.

Readers of a snapshot that work without the lake are tested in `tests/reports/test_snapshot_alone.py`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import sqlglot
from sqlglot import exp

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from tests.support.built import LAST
from tests.support.personal_texts import PERSONAL, personal_texts
from warehouse.dbt_runner import Project
from warehouse.engines.duckdb.connections import WORKING

FIGURES = "select code, value, numerator, denominator from rpt_cn_figures_as_of(date '2019-02-13') order by code"


def definitions(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Per view and macro of the current database: the SQL that it stands for."""
    views = connection.execute("select view_name, sql from duckdb_views() where not internal").fetchall()
    macros = connection.execute(
        "select function_name, macro_definition from duckdb_functions() where function_type like '%macro' and not internal"
    ).fetchall()
    return dict(views) | dict(macros)


def texts(connection: duckdb.DuckDBPyConnection) -> dict[str, pl.Series]:
    """Every text column of every table, with its different values."""
    columns = connection.execute(
        "select table_name, column_name from duckdb_columns() as said where not internal and data_type like '%VARCHAR%' "
        "and table_oid in (select table_oid from duckdb_tables())"
    ).fetchall()
    found = {}
    for table, column in columns:
        query = f'select distinct "{column}"::varchar as value from {table} where "{column}" is not null'
        name = f"{table}.{column}"
        found[name] = pl.Series(name, [value for (value,) in connection.execute(query).fetchall()], dtype=pl.String)
    return found


@pytest.mark.parametrize("file", ["database", "public_database"])
def test_nothing_in_it_names_a_database_or_a_path(small_home: Settings, small_snapshot: Snapshot, file: str) -> None:
    with connect(getattr(small_snapshot, file)) as connection:
        said = definitions(connection)
        values = texts(connection)
    for name, sql in said.items():
        assert not [word for word in (f"{WORKING}.", "previous.", "glassbook.", "dev.", "read_parquet", ".parquet") if word in sql], name
    home = str(small_home.home)
    assert [column for column, held in values.items() if held.str.contains(home, literal=True).any()] == []
    # A page of the platform's own site is recognised by its path.
    places = {name: held for name, held in values.items() if not name.endswith(".landing_page")}
    assert len(places) < len(values) or file == "public_database"
    assert [column for column, held in places.items() if held.str.contains(r"^(/|[a-z]+://|[A-Z]:\\)").any()] == []
    if file == "database":
        assert {"rpt_cn_figures_as_of", "business_date"} <= said.keys()
        assert not [name for name in said if name.startswith(("lake_", "arrivals_", "tombstones_", "seen_load_seq"))]


def test_it_answers_under_another_name_and_attached(small_snapshot: Snapshot, tmp_path: Path) -> None:
    with connect(small_snapshot.database) as connection:
        expected = connection.execute(FIGURES).fetchall()
        held = {row[0] for row in connection.execute("select table_name from information_schema.tables").fetchall()}
    assert len(expected) == 41
    copy = tmp_path / "somewhere" / "copy of a book.duckdb"
    copy.parent.mkdir()
    shutil.copyfile(small_snapshot.database, copy)
    with connect(copy) as renamed:
        assert renamed.execute(FIGURES).fetchall() == expected
        every_definition_answers(renamed)
    with duckdb.connect() as other:
        other.execute(f"attach '{copy}' as another_book (read_only)")
        other.execute("use another_book")
        assert other.execute(FIGURES).fetchall() == expected
        assert {row[0] for row in other.execute("select table_name from information_schema.tables").fetchall()} == held
        every_definition_answers(other)


def every_definition_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table, view and table function of a snapshot can be read."""
    tables = connection.execute("select table_name from information_schema.tables where table_schema = 'main'").fetchall()
    functions = connection.execute(
        "select function_name, len(parameters) from duckdb_functions() where function_type = 'table_macro' and not internal"
    ).fetchall()
    day = f"date '{LAST}'"
    asked = [name for (name,) in tables]
    asked += [f"{name}({', '.join([day] * count)})" for name, count in functions]
    assert len(asked) > 80
    for relation in asked:
        connection.execute(f"select count(*) from {relation}").fetchone()


@pytest.mark.parametrize("file", ["database", "public_database"])
def test_no_personal_text_of_the_source_is_in_it(small_home: Settings, small_snapshot: Snapshot, file: str) -> None:
    told = personal_texts(small_home)
    assert len(told) > 1000
    with connect(getattr(small_snapshot, file)) as connection:
        values = texts(connection)
    assert {
        column: held.filter(held.str.contains_any(told)).to_list() for column, held in values.items() if held.str.contains_any(told).any()
    } == {}
    # The search finds what is there.
    assert pl.Series(["x", f"a {told[7]} b"]).str.contains_any(told).to_list() == [False, True]


def test_no_name_of_two_signs_is_in_the_public_file(small_home: Settings, small_snapshot: Snapshot) -> None:
    """The words of the catalogue and of a platform's name are ours and its own; of all else not even a short name is a part."""
    told = personal_texts(small_home, shortest=2)
    assert len([text for text in told if len(text) < 4]) > 100
    with connect(small_snapshot.public_database) as connection:
        values = {name: held for name, held in texts(connection).items() if not name.startswith("ctl_")}
    assert "rpt_cn_public_risk_events.description" in values and len(values) > 20
    assert [name for name, held in values.items() if held.str.contains_any(told).any()] == []


def test_personal_columns_end_where_they_are_masked(small_home: Settings, small_snapshot: Snapshot) -> None:
    """By lineage: only one published model names a personal column, and passes it on only masked."""
    manifest = Project(small_home).manifest
    compiled = small_home.builds_dir / "dbt-target" / "compiled" / "glassbook"
    models = {node.unique_id: node for node in manifest.nodes.values() if node.resource_type == "model"}
    tables, personal = {table for table, _ in PERSONAL}, {column for _, column in PERSONAL}
    bearing = {uid for uid, source in manifest.sources.items() if source.source_name in ("lake", "arrivals") and source.name in tables}
    # A relation that reads personal columns and is not published may pass on anything.
    while grown := {u for u, n in models.items() if n.database == WORKING and bearing & set(n.depends_on.nodes)} - bearing:
        bearing |= grown
    readers = {node.name: node for node in models.values() if node.database != WORKING and bearing & set(node.depends_on.nodes)}
    mentions: dict[str, set[str]] = {}
    for node in models.values():
        if node.database == WORKING or not (path := compiled / node.original_file_path).is_file():
            continue
        for column in sqlglot.parse_one(path.read_text(encoding="utf-8"), dialect="duckdb").find_all(exp.Column):
            if column.name in personal:
                mentions.setdefault(node.name, set()).add(column.find_ancestor(exp.Alias).alias)  # type: ignore[union-attr]
    # The other counts versions of a key that share an instant, only by key and hash.
    assert set(readers) == {"ldg_users", "ldg_users_as_first_known", "ldg_version_changes"}
    assert mentions == {"ldg_users": {"masked_name", "masked_id_number"}}
    with connect(small_snapshot.database) as connection:
        columns: list[tuple[Any, ...]] = connection.execute(
            "select table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
    assert [f"{table}.{column}" for table, column in columns if column in {c for _, c in PERSONAL}] == []

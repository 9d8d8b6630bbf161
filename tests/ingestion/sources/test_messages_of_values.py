"""How an error shows a value of the source: quoted, complete, and without unprintable characters."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from tests.support.lake import a_home, a_platform, refused


def a_source_that_says(value: str, folder: Path) -> Path:
    """The platform as a SQLite file in which a fee was charged at `value`."""
    source, database = a_platform().write(folder / "source"), folder / "platform.sqlite"
    connection = sqlite3.connect(database)
    for path in sorted(source.glob("*.parquet")):
        table = pq.read_table(path)
        connection.execute(f"create table {path.stem} ({', '.join(f'{name} text' for name in table.column_names)})")
        rows = [tuple(None if v is None else str(v) for v in row.values()) for row in table.to_pylist()]
        connection.executemany(f"insert into {path.stem} values ({', '.join('?' * len(table.column_names))})", rows)
    connection.execute("update fees set charged_at = ?", (value,))
    connection.commit()
    connection.close()
    return database


@how(max_examples=10, deadline=None)
@given(value=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=12).map("x{}".format))
@example("soon\nnot at all")
@example("\x1b[31mred at fee_id 9")
@example("x' in column amount at fee_id 7")
@example("ab\u202e\u2028c")
@example('"}{\\')
def test_it_is_quoted_and_every_control_character_spelt(value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        error = refused(a_home(Path(folder) / "home"), a_source_that_says(value, Path(folder)))
        assert error.found == f"{value!r} in column charged_at"
        assert error.where.endswith("table fees, fee_id 1")
        assert str(error).isprintable()

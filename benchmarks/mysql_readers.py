"""Readers of MySQL that others wrote, on the same table: `python benchmarks/mysql_readers.py READER ADDRESS FILE ROWS`, by any interpreter.

Each brings every value exactly, as number or text, into a Parquet file with zstd; `client`, the server's own, writes text and is the least
that reading can cost. Imports nothing of Glassbook, so that the readers may have an environment of their own.
ADDRESS is mysql://USER:PASSWORD@HOST:PORT/DATABASE.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

AMOUNTS = ("principal", "interest", "penalty", "fee")
COLUMNS = (
    *("repayment_id", "loan_id", "instalment_no", "paid_at", *AMOUNTS),
    *("payer_kind", "payee_kind", "reverses_repayment_id", "created_at"),
)
EVERYTHING = f"select {', '.join(COLUMNS)} from repayments"
BATCH = 8_192


def connectorx(address: str, target: str) -> int:
    """Streams of Arrow; amounts as text, since it turns decimals into floating point. One connection per query: no common snapshot."""
    import connectorx as cx
    import pyarrow.parquet as pq

    columns = ", ".join(f"cast({name} as char) as {name}" if name in AMOUNTS else name for name in COLUMNS)
    reader = cx.read_sql(address, f"select {columns} from repayments", protocol="binary", return_type="arrow_stream", batch_size=8 * BATCH)
    rows = 0
    with pq.ParquetWriter(target, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def pymysql(address: str, target: str) -> int:
    """The driver in Python, unbuffered, without its converters: texts."""
    import pymysql
    from pymysql.converters import encoders
    from pymysql.cursors import SSCursor

    with pymysql.connect(**_parts(address) | {"conv": encoders}, charset="utf8mb4", cursorclass=SSCursor) as connection:
        return _texts(connection.cursor(), target)


def mysqlclient(address: str, target: str) -> int:
    """The driver on the server's C library, unbuffered, without its converters: texts."""
    import MySQLdb
    from MySQLdb.cursors import SSCursor

    with MySQLdb.connect(**_parts(address), charset="utf8mb4", conv={}, cursorclass=SSCursor) as connection:
        return _texts(connection.cursor(), target)


def asyncmy(address: str, target: str) -> int:
    """The driver in Cython, unbuffered, without its converters: texts."""
    import asyncio

    import asyncmy
    from asyncmy.cursors import SSCursor

    loop = asyncio.new_event_loop()

    class Cursor:
        """What `_texts` calls on a cursor, each time in the loop."""

        def __init__(self) -> None:
            connecting = asyncmy.connect(**_parts(address), charset="utf8mb4", conv={}, autocommit=True)
            self._cursor = loop.run_until_complete(connecting).cursor(SSCursor)

        def execute(self, query: str) -> None:
            loop.run_until_complete(self._cursor.execute(query))

        def fetchmany(self, size: int) -> Any:
            return loop.run_until_complete(self._cursor.fetchmany(size))

    return _texts(Cursor(), target)


def client(address: str, target: str) -> int:
    """`mariadb --quick --batch`: lines of text, no Parquet."""
    told = _parts(address)
    command = ["mariadb", "--no-defaults", "--quick", "--batch", "--skip-column-names", f"--host={told['host']}", f"--port={told['port']}"]
    command += [f"--user={told['user']}", f"--password={told['password']}", f"--execute={EVERYTHING}", told["database"]]
    with Path(target).open("wb") as written:
        subprocess.run(command, stdout=written, check=True)
    with Path(target).open("rb") as lines:
        return sum(piece.count(b"\n") for piece in iter(lambda: lines.read(2**20), b""))


def _parts(address: str) -> dict[str, Any]:
    url = urlsplit(address)
    return {
        "host": url.hostname,
        "port": url.port,
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "database": url.path.lstrip("/"),
    }


def _texts(cursor: Any, target: str) -> int:
    """Tuples of texts to Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def batches() -> Iterator[Any]:
        cursor.execute(EVERYTHING)
        while rows := cursor.fetchmany(BATCH):
            yield pa.record_batch([pa.array(values, pa.string()) for values in zip(*rows, strict=True)], names=COLUMNS)

    count = 0
    with pq.ParquetWriter(target, pa.schema([pa.field(name, pa.string()) for name in COLUMNS]), compression="zstd") as writer:
        for batch in batches():
            writer.write_batch(batch)
            count += batch.num_rows
    return count


READERS = {f.__name__: f for f in (connectorx, mysqlclient, asyncmy, pymysql, client)}


def main(reader: str, address: str, target: str, rows: str) -> None:
    """Runs a reader and counts what arrived."""
    read = READERS[reader](address, target)
    assert read == int(rows), f"{read} rows, not {rows}"


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Steps of the extraction benchmark, each run as a process of its own: `python -m benchmarks.extraction_steps NAME ARGUMENT …`.

Belongs here: what one process does. Does not: the server, timing and comparing (`benchmarks.extraction`), dlt (`benchmarks/with_dlt.py`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path


def raw(url: str, target: str, rows: str) -> None:
    """The least that can be done: every record batch as the driver sends it, into a Parquet file; no type, check or hash."""
    import adbc_driver_postgresql.dbapi
    import pyarrow.parquet as pq

    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("select * from repayments")
        reader = cursor.fetch_record_batch()
        with pq.ParquetWriter(target, reader.schema, compression="zstd") as writer:
            written = 0
            for batch in reader:
                writer.write_batch(batch)
                written += batch.num_rows
    assert written == int(rows), f"{written} rows, not {rows}"


def read(url: str, target: str, rows: str) -> None:
    """Our reader alone, in its snapshot: every value of the table, as the source sends it, into a Parquet file."""
    from glassbook.engine import connect
    from glassbook.sql_paths import file_written
    from ingestion.sources.mysql.source import MySqlSource

    with MySqlSource(url) as source, connect() as engine:
        source.stream(engine, "arriving", "select * from repayments")
        copied = engine.execute(f"copy (from arriving) to {file_written(Path(target))} (format parquet, compression zstd)").fetchall()
    assert copied == [(int(rows),)], f"{copied} rows, not {rows}"


def load(url: str, rows: str) -> None:
    """`ingest` whole into the lake of the home, which must bring this many new rows."""
    from glassbook.settings import load_settings
    from ingestion.loading.load import ingest

    found = ingest(load_settings(), url).tables["repayments"].rows_new
    assert found == int(rows), f"{found} new rows, not {rows}"


def start(url: str) -> None:
    """What `load` does before it reads: the interpreter, imports, a connection."""
    import importlib

    from glassbook.settings import load_settings
    from ingestion.sources.opening import open_source

    importlib.import_module("ingestion.loading.load")
    load_settings()
    with open_source(url):
        pass


if __name__ == "__main__":
    steps: dict[str, Callable[..., None]] = {"raw": raw, "read": read, "load": load, "start": start}
    steps[sys.argv[1]](*sys.argv[2:])

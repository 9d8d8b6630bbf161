"""What dlt does with the same table: `python benchmarks/with_dlt.py KIND URL FOLDER ROWS`, by any interpreter that has dlt.

KIND `table`: its own `sql_table` with the pyarrow backend. KIND `adbc`: a resource of ours that yields what ADBC sends, money cast to exact
decimals. Both write Parquet through the filesystem destination. Imports nothing of Glassbook, so that dlt may have an environment of its
own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def table(url: str) -> Any:
    """dlt's source for SQL databases."""
    from dlt.sources.sql_database import sql_table

    return sql_table(credentials=url.replace("postgresql://", "postgresql+psycopg2://"), table="repayments", backend="pyarrow")


def adbc(url: str) -> Any:
    """A resource that yields record batches; it casts what the driver sends as text, and refuses what does not fit."""
    import adbc_driver_postgresql.dbapi
    import dlt
    import pyarrow as pa

    def batches() -> Iterator[Any]:
        with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("select * from repayments")
            for batch in cursor.fetch_record_batch():
                columns = [
                    column.storage.cast(pa.decimal128(18, 2)) if isinstance(column.type, pa.BaseExtensionType) else column
                    for column in batch.columns
                ]
                yield pa.table(columns, names=batch.schema.names)

    return dlt.resource(batches, name="repayments")


def main(kind: str, url: str, folder: str, rows: str) -> None:
    """Runs a pipeline into an empty folder and counts what arrived."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    import dlt
    import pyarrow.parquet as pq

    pipeline = dlt.pipeline(
        "extraction",
        destination=dlt.destinations.filesystem(f"file://{folder}/out"),
        dataset_name="lake",
        pipelines_dir=f"{folder}/pipelines",
    )
    pipeline.run({"table": table, "adbc": adbc}[kind](url), loader_file_format="parquet")
    written = sum(pq.read_metadata(path).num_rows for path in Path(folder).glob("out/lake/repayments/**/*.parquet"))
    assert written == int(rows), f"{written} rows, not {rows}"


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Forms of many rows, one per project: streamed from the snapshot into CSV and Parquet; a workbook gets a stated number of rows."""

from __future__ import annotations

import importlib
import io
import warnings
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from reports.filing.declare.regime import TableForm
from reports.filing.render.sheets import Cell, Number, Sheet
from reports.present.cells import NO_VALUE, csv_lines, csv_text

if TYPE_CHECKING:
    import duckdb

# How many rows are in memory as Python values at the same time.
_BATCH = 20_000


@dataclass(frozen=True)
class FullTable:
    """A finished table: both whole files, and the sheet with the first rows."""

    declared: TableForm
    row_count: int
    csv: bytes
    parquet: bytes
    sheet: Sheet
    is_supplied: bool


def read_table(connection: duckdb.DuckDBPyConnection, form: TableForm, as_of: date) -> FullTable:
    """The table on the day. Without the relation in the snapshot: an empty table, not supplied."""
    if not _is_there(connection, form.relation):
        return _without(form)
    names = ", ".join(f'"{column.name}"' for column in form.columns)
    order = ", ".join(f'"{name}"' for name in form.key_columns)
    with warnings.catch_warnings():
        # The other way to Arrow, a relation, conflicts with results of this connection that are still being read.
        warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")
        query = f"select {names} from {form.relation}(cast(? as date)) order by {order}"
        reader = connection.execute(query, [as_of]).to_arrow_reader(_BATCH)
    return _written(form, reader)


def _is_there(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    found = connection.execute("select 1 from duckdb_functions() where function_name = ? and function_type = 'table_macro'", [relation])
    return found.fetchone() is not None


def _written(form: TableForm, reader: Any) -> FullTable:
    header = [f"{column.title_zh} {column.name}" for column in form.columns]
    text = [csv_text(header, [])]
    first: list[list[Cell]] = []
    count, parquet = 0, io.BytesIO()
    with _arrow("pyarrow.parquet").ParquetWriter(parquet, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
            columns = [column.to_pylist() for column in batch.columns]
            text.append(csv_lines(columns))
            rows = islice(zip(*columns, strict=True), max(0, form.workbook_rows - len(first)))
            first += [_cells(form, row) for row in rows]
    content = b"\xef\xbb\xbf" + "".join(text).encode()
    return FullTable(form, count, content, parquet.getvalue(), _sheet(form, first, count, _remark(form, count, len(first))), True)


def _arrow(name: str) -> Any:
    """A module of pyarrow, which has no type hints; loaded when a table is written."""
    return importlib.import_module(name)


def _cells(form: TableForm, row: tuple[Any, ...]) -> list[Cell]:
    cells: list[Cell] = []
    for column, value in zip(form.columns, row, strict=True):
        if column.decimals is not None:
            cells.append(Number(None if value is None else Decimal(value) * (100 if column.is_percent else 1), column.decimals))
        elif value is None:
            cells.append(NO_VALUE)
        elif isinstance(value, bool):
            cells.append("是" if value else "否")
        else:
            cells.append(column.labels.get(str(value), str(value)))
    return cells


def _remark(form: TableForm, count: int, shown: int) -> str:
    return f"本表列示前{shown:,}行；{_whole(form, count)}" if shown < count else f"共{count:,}行；同一内容见{form.csv}与{form.parquet}"


def _whole(form: TableForm, count: int) -> str:
    return f"全部{count:,}行见{form.csv}与{form.parquet}"


def _sheet(form: TableForm, rows: list[list[Cell]], count: int, remark: str) -> Sheet:
    headings = tuple(column.title_zh for column in form.columns)
    notes = {(-1, place): column.note for place, column in enumerate(form.columns) if column.note}
    alone = f"本报告不逐行列示，{_whole(form, count)}"
    titles = (form.key, form.sheet, form.title_zh, form.title_en, form.csv)
    return Sheet(*titles, headings, rows, notes, remark, alone, layout="projects")


def _without(form: TableForm) -> FullTable:
    pa = _arrow("pyarrow")
    empty = pa.schema([(column.name, pa.string()) for column in form.columns])
    made = _written(form, pa.RecordBatchReader.from_batches(empty, []))
    return replace(made, sheet=replace(made.sheet, remark="未提供 not supplied", remark_alone="未提供 not supplied"), is_supplied=False)

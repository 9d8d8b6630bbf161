"""The rows of a MySQL result as Arrow, from the bytes that the server sends: no Python object per value, and no more than one batch in
memory.

Belongs here: the packets of the text protocol, and where each value lies in them. Does not: session, statement and types (`source`).
A row is a packet (3 bytes of length, 1 of its number) with the text of each column after its length (MySQL's documentation of its protocol,
"Text Resultset Row"). Arrow's string views point into those bytes, so that nothing is decoded or copied before the engine reads it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pymysql.constants import CR
from pymysql.err import InternalError, OperationalError, raise_mysql_exception

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]

_BATCH_BYTES = 4 * 2**20
_READ_BYTES = 2**18
_HEADER = 4
_FULL = 2**24 - 1
"""Length of a packet that continues in the next."""
_NULL, _ERROR, _END = 0xFB, 0xFF, 0xFE
_LONGER = {0xFC: 2, 0xFD: 3, 0xFE: 8}
"""First byte of a length that does not fit in one byte, and how many bytes follow it."""
_END_BELOW = 9
"""A packet that begins with _END and is shorter ends the result; otherwise that byte begins a length."""
_INLINE = 12
"""A view stores texts of up to this many bytes inline; for longer texts, the first four bytes, the buffer and the offset in it."""
_MARGIN = 16
_KEPT = np.array([2 ** (8 * size) - 1 for size in range(9)], dtype=np.uint64)
"""Masks that keep the first 0 to 8 of eight bytes: those that belong to a text."""
_size_at = struct.Struct("<I").unpack_from


class Stream(Protocol):
    """Where the bytes come from."""

    def read1(self, size: int, /) -> bytes:
        """The bytes that have arrived, at most `size`; waits for the first, and returns none when the connection has ended."""


def row_batches(stream: Stream, schema: pa.Schema, number: int, *, is_ascii: Sequence[bool] = ()) -> Iterator[pa.RecordBatch]:
    """Batches with the columns of `schema`, all of them text views, until the server ends the result; its first packet has `number`.

    `is_ascii`: for which columns the server itself writes the digits, so that they need no check to be text.

    Raises the driver's errors: the server's error among the rows, OperationalError when the connection is lost, InternalError for bytes
    that are no rows; and pyarrow's ArrowInvalid for text that is not UTF-8.
    """
    proves = [not known for known in is_ascii] or [True] * len(schema)
    kept, starts, at = bytearray(), list[int](), 0
    while True:
        at = _next_packet(kept, at, starts)
        is_last = bool(starts) and at == len(kept) and _ends_result(kept, starts[-1], at)
        size = _size_at(kept, at)[0] & _FULL if len(kept) - at >= _HEADER else 0
        rows = starts[:-1] if is_last else starts
        if rows and (is_last or size == _FULL or at >= _BATCH_BYTES):
            yield _batch(bytes(kept[:at]), rows, schema, proves, number)
        if is_last:
            if kept[starts[-1]] == _ERROR:
                raise_mysql_exception(bytes(kept[starts[-1] : at]))
            return
        if size == _FULL or at >= _BATCH_BYTES:
            number += len(starts)
            del kept[:at]
            starts, at = [], 0
        if size == _FULL:
            row, parts = _long_row(stream, kept, number)
            number += parts
            data = np.frombuffer(row + bytes(_MARGIN), np.uint8)
            yield _views(data, np.zeros(1, np.int64), np.array([len(row)], np.int64), schema, proves)
        else:
            _read(stream, kept)


def _read(stream: Stream, kept: bytearray) -> None:
    arrived = stream.read1(_READ_BYTES)
    if not arrived:
        raise OperationalError(CR.CR_SERVER_LOST, "Lost connection to MySQL server during query")
    kept += arrived


def _next_packet(kept: bytearray, at: int, starts: list[int]) -> int:
    """Appends the start of each complete packet after `at`; returns the start of the first one that is incomplete or continues in the
    next."""
    end, append = len(kept), starts.append
    while end - at >= _HEADER:
        size = _size_at(kept, at)[0] & _FULL
        behind = at + _HEADER + size
        if behind > end or size == _FULL:
            break
        append(at + _HEADER)
        at = behind
    return at


def _ends_result(kept: bytearray, start: int, end: int) -> bool:
    if start == end:
        return False
    return kept[start] == _ERROR or (kept[start] == _END and end - start < _END_BELOW)


def _long_row(stream: Stream, kept: bytearray, number: int) -> tuple[bytes, int]:
    """Takes a row of several packets from the front of the buffer; returns the row and the number of packets."""
    row, parts, size = bytearray(), 0, _FULL
    while size == _FULL:
        while len(kept) < _HEADER or len(kept) < _HEADER + (_size_at(kept, 0)[0] & _FULL):
            _read(stream, kept)
        size = _size_at(kept, 0)[0] & _FULL
        if kept[3] != (number + parts) & 0xFF:
            raise InternalError("packets out of order")
        row += kept[_HEADER : _HEADER + size]
        del kept[: _HEADER + size]
        parts += 1
    return bytes(row), parts


def _batch(packets: bytes, starts: Sequence[int], schema: pa.Schema, proves: Sequence[bool], number: int) -> pa.RecordBatch:
    """The rows that begin at `starts`; their first packet has `number`."""
    data = np.frombuffer(packets + bytes(_MARGIN), np.uint8)
    at = np.array(starts, np.int64)
    if (data[at - 1] != (number + np.arange(len(at))) & 0xFF).any():
        raise InternalError("packets out of order")
    ends = at + _number(data, at - _HEADER, 3)
    return _views(data, at, ends, schema, proves)


def _views(data: Bytes, at: Positions, ends: Positions, schema: pa.Schema, proves: Sequence[bool]) -> pa.RecordBatch:
    """Rows that lie in `data` from `at` to `ends`, a text for each column of the schema; _MARGIN bytes follow the last."""
    columns = []
    for is_proved in proves:
        if (at >= ends).any():
            raise InternalError("a row with too few values")
        first = data[at]
        is_null = first == _NULL
        length = first.astype(np.int64)
        at = at + 1
        if first.max() >= _NULL:
            length[is_null] = 0
            for mark, width in _LONGER.items():
                marked = first == mark
                if marked.any():
                    length[marked] = _number(data, at[marked], width)
                    at[marked] += width
            if (first == _ERROR).any() or (length < 0).any():
                raise InternalError("an invalid length")
        if (at + length > ends).any():
            raise InternalError("a value that goes beyond its row")
        column = _column(data, at, length, is_null)
        if is_proved:
            column.validate(full=True)
        columns.append(column)
        at = at + length
    if (at != ends).any():
        raise InternalError("a row with too many values")
    return pa.record_batch(columns, schema=schema)


def _column(data: Bytes, at: Positions, length: Positions, is_null: npt.NDArray[np.bool_]) -> pa.Array:
    """Views of the values that begin at `at`: 4 bytes of length, and the 12 bytes that a view uses."""
    # Eight and four bytes from any offset.
    eights: npt.NDArray[np.uint64] = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))
    fours: npt.NDArray[np.uint32] = np.ndarray((len(data) - 3,), "<u4", data, strides=(1,))
    first = eights[at] & _KEPT[np.minimum(length, 8)]
    views = np.empty((len(at), 4), "<u4")
    views[:, 0], views[:, 1], views[:, 2] = length, first & np.uint64(0xFFFFFFFF), first >> np.uint64(32)
    views[:, 3] = fours[at + 8] & _KEPT[np.clip(length - 8, 0, 4)]
    is_long = length > _INLINE
    if is_long.any():
        views[is_long, 2] = 0
        views[is_long, 3] = at[is_long]
    valid = pa.py_buffer(np.packbits(~is_null, bitorder="little")) if is_null.any() else None
    return pa.Array.from_buffers(pa.string_view(), len(at), [valid, pa.py_buffer(views), pa.py_buffer(data)])


def _number(data: Bytes, at: Positions, width: int) -> Positions:
    """Little-endian numbers of `width` bytes."""
    found = np.zeros(len(at), np.int64)
    for place in range(width):
        found |= data[at + place].astype(np.int64) << 8 * place
    return found

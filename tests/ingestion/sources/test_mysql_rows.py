"""The bytes of MySQL's text protocol as Arrow: the same as the driver's own reader gives, in whatever pieces they arrive."""

from __future__ import annotations

import struct

import pyarrow as pa
import pymysql.err
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.sources.mysql import rows as mysql_rows
from ingestion.sources.mysql.rows import row_batches
from tests.support.mariadb import Database, mariadb, mariadb_database

__all__ = ["mariadb", "mariadb_database"]
END = b"\xfe\x00\x00\x02\x00"
FULL = 2**24 - 1
Row = tuple[bytes | None, ...]


class Pieces:
    """A stream that gives its bytes in pieces of a size, and then has ended."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size, self.given = memoryview(data), size, 0

    def read1(self, size: int, /) -> bytes:
        taken, self._data = self._data[: min(size, self._size)], self._data[min(size, self._size) :]
        self.given += len(taken)
        return bytes(taken)


def told(value: bytes | None) -> bytes:
    """A value behind its length, as a server writes it."""
    if value is None:
        return b"\xfb"
    size = len(value)
    if size < 0xFB:
        return bytes([size]) + value
    if size < 2**16:
        return b"\xfc" + struct.pack("<H", size) + value
    if size < 2**24:
        return b"\xfd" + struct.pack("<I", size)[:3] + value
    return b"\xfe" + struct.pack("<Q", size) + value


def packets(payloads: list[bytes], number: int) -> bytes:
    """Payloads in packets, those too long for one in several."""
    sent = bytearray()
    for payload in payloads:
        while True:
            part, payload = payload[:FULL], payload[FULL:]
            sent += struct.pack("<I", len(part))[:3] + bytes([number & 0xFF]) + part
            number += 1
            if len(part) < FULL:
                break
    return bytes(sent)


def read(data: bytes, columns: int, *, size: int = 2**20, number: int = 1) -> list[Row]:
    """The rows as the reader gives them, in bytes."""
    schema = pa.schema([pa.field(f"c{i}", pa.string_view()) for i in range(columns)])
    rows: list[Row] = []
    for batch in row_batches(Pieces(data, size), schema, number):
        texts = [[None if value is None else value.encode() for value in column.to_pylist()] for column in batch.columns]
        rows += zip(*texts, strict=True)
    return rows


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_value_in_pieces_of_any_size(data: st.DataObject) -> None:
    columns = data.draw(st.integers(1, 4))
    lengths = st.sampled_from([0, 1, 3, 4, 5, 8, 11, 12, 13, 250, 251, 65_535, 65_536])
    text = st.one_of(st.none(), st.text(max_size=20).map(str.encode), lengths.map(lambda size: b"x" * size))
    rows = data.draw(st.lists(st.tuples(*[text] * columns), max_size=12))
    number, size = data.draw(st.integers(0, 255)), data.draw(st.sampled_from([1000, 65_536, 2**20]) | st.integers(7, 50))
    sent = packets([b"".join(map(told, row)) for row in rows] + [END], number)
    if len(sent) > 5_000:
        size = max(size, 1000)
    assert read(sent, columns, size=size, number=number) == rows


def test_rows_of_many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql_rows, "_BATCH_BYTES", 100)
    rows: list[Row] = [(str(i).encode(), None if i % 3 else b"a text of more than twelve bytes") for i in range(1000)]
    sent = packets([b"".join(map(told, row)) for row in rows] + [END], 7)
    assert read(sent, 2, size=37, number=7) == rows


def test_a_slow_reader_holds_no_more_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql_rows, "_BATCH_BYTES", 1000)
    stream = Pieces(packets([told(b"some text")] * 10_000 + [END], 1), 500)
    batches = row_batches(stream, pa.schema([pa.field("c", pa.string_view())]), 1)
    assert next(batches).num_rows
    assert stream.given <= 1500, "what is not yet wanted stays with the server"
    assert sum(batch.num_rows for batch in batches) > 9_000


@pytest.mark.parametrize("size", [FULL - 4, FULL - 5, FULL + 3, 2 * FULL - 9])
def test_a_row_of_several_packets(size: int) -> None:
    rows: list[Row] = [(b"before",), (b"y" * size,), (b"after",)]
    assert read(packets([told(row[0]) for row in rows] + [END], 254), 1, number=254) == rows


def test_a_value_that_begins_as_an_end_does() -> None:
    value = b"z" * 2**24
    assert read(packets([told(value), END], 1), 1) == [(value,)]


@pytest.mark.parametrize(
    ("sent", "error", "match"),
    [
        (packets([told(b"a"), b"\xff\x86\x05#HY000no such thing"], 1), pymysql.err.MySQLError, "no such thing"),
        (packets([b"\xff\x25\x05#70100interrupted"], 1), pymysql.err.MySQLError, "interrupted"),
        (packets([told(b"a")], 1), pymysql.err.OperationalError, "Lost connection"),
        (packets([told(b"a"), told(b"b")], 1)[:-1], pymysql.err.OperationalError, "Lost connection"),
        (packets([told(b"a"), END], 2), pymysql.err.InternalError, "out of order"),
        (packets([told(b"a") * 2, END], 1), pymysql.err.InternalError, "too many"),
        (packets([b"\x05abc", END], 1), pymysql.err.InternalError, "beyond"),
        (packets([b"\x01a\xff" + b"x" * 255, END], 1), pymysql.err.InternalError, "too many"),
        (packets([b"\xfe" + b"\xff" * 8 + b"x", END], 1), pymysql.err.InternalError, "an invalid length"),
        (packets([b"", END], 1), pymysql.err.InternalError, "too few"),
        (packets([told(b"\xff\xfe"), END], 1), pa.ArrowInvalid, "UTF8"),
        (packets([told(b"a long text that is not UTF-8: \xe4"), END], 1), pa.ArrowInvalid, "UTF8"),
    ],
)
def test_what_is_no_rows(sent: bytes, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        read(sent, 1)


@pytest.mark.mariadb
def test_a_server_s_rows_are_those_of_the_driver(mariadb_database: Database) -> None:
    mariadb_database.run(
        "create table t (id int primary key, a longtext, b decimal(38,10), c datetime(6)) character set utf8mb4",
        "insert into t select seq, case when seq % 5 then repeat('明😀', seq % 40000) end, seq / 7, "
        "timestamp'2019-01-01 00:00:00' + interval seq second from seq_1_to_3000",
    )
    query = "select id, a, b, c from t order by id"
    with mariadb_database.server.connect(mariadb_database.name, conv=pymysql.converters.encoders) as connection:
        with connection.cursor() as cursor:
            cursor.execute(query)
            expected = [tuple(None if value is None else value.encode() for value in row) for row in cursor.fetchall()]
        connection.query(query, unbuffered=True)
        result, connection._result = connection._result, None
        result.unbuffered_active = False
        schema = pa.schema([pa.field(field.name, pa.string_view()) for field in result.fields])
        found: list[Row] = []
        for batch in row_batches(connection._rfile, schema, connection._next_seq_id):
            found += [tuple(None if v is None else v.encode() for v in row.values()) for row in batch.to_pylist()]
        assert found == expected
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            assert cursor.fetchall() == (("1",),)

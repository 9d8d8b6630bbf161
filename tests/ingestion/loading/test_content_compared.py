"""Two rows count as one only when they are the same, whatever characters their texts hold; also if an older version wrote the lake."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from glassbook.lake.loads import Load
from glassbook.settings import Settings
from ingestion.contract import Table, load_contract
from ingestion.loading import arrival, held_rows, load
from ingestion.loading.content_hash import number_of
from ingestion.loading.load import ingest
from tests.support.lake import a_home, quarantine, rows
from tests.support.platform import Platform

# Characters that have a meaning in the text of a row, and a few that have none.
TEXTS = st.none() | st.text(alphabet="\x1f=#:1a,", max_size=4) | st.sampled_from(["a\x1f=b", "\x1f", "\x1f\x1f", "#1:a", "王\x1f小"])
PEOPLE = st.tuples(TEXTS, TEXTS, TEXTS)
COLUMNS = ("legal_name", "id_number", "mobile")
# Each pair was one row for the hash of version 1.
CONFUSED = [
    [("a\x1f=b", None, "c"), ("a", "b", "\x1f=c")],
    [("a", "b\x1f", None), ("a", "b", "")],
    [("a\x1f=b", "c", "d"), ("a", "b\x1f=c", "d")],
    [("\x1f", None, None), (None, "", "")],
]


@contextmanager
def tables(*names: str) -> Iterator[None]:
    """A contract of few tables, so that a load is quick."""
    small = replace(load_contract(), tables={name: load_contract().tables[name] for name in names})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "load_contract", lambda: small)
        yield


@contextmanager
def hash_of_version_1() -> Iterator[None]:
    """Loads write what they wrote before the joint was unambiguous."""

    def hash_sql(table: Table) -> str:
        parts = []
        for number, column in enumerate(table.columns):
            mark = "chr(31)" if number else "''"
            parts.append(f"coalesce({mark} || '=' || cast(\"{column.name}\" as varchar), {mark})")
        return number_of(f"concat({', '.join(parts)})")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrival, "hash_sql", hash_sql)
        patch.setattr(load, "HASH_VERSION", 1)
        patch.setattr(held_rows, "held_hash_now_sql", lambda table: "_row_hash")
        yield


def brings(settings: Settings, people: list[tuple[str | None, ...]], *, status: str = "active") -> Load:
    """A load of one user with several versions in turn, all at one instant."""
    source = Platform()
    for values in people:
        source.add("users", user_id=1, status=status, updated_at="2019-05-01 09:00", **dict(zip(COLUMNS, values, strict=True)))
    with tempfile.TemporaryDirectory() as folder:
        return ingest(settings, source.write(Path(folder) / "source"))


def in_lake(settings: Settings) -> list[tuple[str | None, ...]]:
    return [tuple(row[name] for name in COLUMNS) for row in rows(settings, "users")]


@how(max_examples=20, deadline=None)
@given(people=st.lists(PEOPLE, min_size=2, max_size=5, unique=True))
@example(CONFUSED[0])
@example(CONFUSED[1])
@example(CONFUSED[2])
@example(CONFUSED[3])
def test_rows_of_one_key_that_differ_never_count_as_one(people: list[tuple[str | None, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder, tables("users"):
        settings = a_home(Path(folder) / "home")
        table = brings(settings, people).tables["users"]
        assert (table.rows_new, table.rows_duplicate) == (len(people), 0)
        assert in_lake(settings) == people


@how(max_examples=12, deadline=None)
@given(before=st.lists(PEOPLE, min_size=1, max_size=3, unique=True), more=st.lists(PEOPLE, max_size=3))
@example(CONFUSED[0][:1], CONFUSED[0][1:])
@example(CONFUSED[1][:1], CONFUSED[1][1:])
@example(CONFUSED[2][:1], CONFUSED[2][1:])
@example(CONFUSED[3][:1], CONFUSED[3][1:])
@example(CONFUSED[3][:1], [])
def test_a_lake_of_before_takes_no_row_twice_and_loses_none(
    before: list[tuple[str | None, ...]], more: list[tuple[str | None, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, tables("users"):
        settings = a_home(Path(folder) / "home")
        with hash_of_version_1():
            # One load a version: two of them in one could have been taken for one by the hash of then.
            for number, person in enumerate(before):
                brings(settings, before[: number + 1] if number else [person])
        held = in_lake(settings)
        assert brings(settings, held).hash_version == 1 and in_lake(settings) == held, "no row comes in twice"
        said = [*held, *(person for person in dict.fromkeys([*before, *more]) if person not in held)]
        brings(settings, said)
        assert in_lake(settings) == said, "and none is lost, also of those that were taken for another"
        brings(settings, said)
        assert in_lake(settings) == said


def test_a_row_in_quarantine_since_before_is_known_again_and_told_from_its_likes(tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    with tables("users"):
        with hash_of_version_1():
            brings(settings, CONFUSED[0][:1], status="\x1fparked")
            source = Platform()
            source.add(
                "users", user_id=1, user_kind="person", updated_at="2019-05-01 09:00", legal_name="a\x1f=b", id_number=None, mobile="c"
            )
            assert ingest(settings, source.write(tmp_path / "source")).rows_quarantined == 1
        assert ingest(settings, tmp_path / "source").load_seq == 2, "the same row waits there already"
        source.rows("users")[0] |= {"legal_name": "a", "id_number": "b", "mobile": "\x1f=c"}
        assert ingest(settings, source.write(tmp_path / "source")).tables["users"].rows_quarantined == 1
        assert [row["key_text"] for row in quarantine(settings, "users")] == ["user_id=1"] * 3


@pytest.mark.parametrize(
    "first, second", [(("a\x1f=b", "c"), ("a", "b\x1f=c")), (("a\x1f", "c"), ("a", "=c")), (("#1:\x1f", "c"), ("\x1f", "c"))]
)
def test_a_row_that_never_changes_conflicts_with_its_likes(tmp_path: Path, first: tuple[str, str], second: tuple[str, str]) -> None:
    settings = a_home(tmp_path / "home")
    with tables("web_sessions"):
        for folder, (medium, source_of) in (("one", first), ("two", second)):
            source = Platform()
            source.add("web_sessions", session_id=1, started_at="2019-05-01 09:00", utm_medium=source_of, utm_source=medium)
            made = ingest(settings, source.write(tmp_path / folder)).tables["web_sessions"]
            assert (made.rows_new, made.rows_quarantined) == ((1, 0) if folder == "one" else (0, 1))

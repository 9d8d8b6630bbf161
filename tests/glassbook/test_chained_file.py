"""A chained file: every changed byte, lost, moved or added line is named; a cut line is set aside; concurrent writers never fork it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassbook import chained_file
from glassbook.chained_file import ChainBroken, ChainedFile


@pytest.fixture
def file(tmp_path: Path) -> ChainedFile:
    """Three entries."""
    made = ChainedFile(tmp_path / "home" / "told.jsonl")
    for number in range(3):
        made.append({"what": f"事{number}"})
    return made


def test_an_empty_file_reads_as_nothing(tmp_path: Path) -> None:
    assert ChainedFile(tmp_path / "told.jsonl").read() == []


def test_entries_are_numbered_and_follow_from_one_another(file: ChainedFile) -> None:
    records = file.read()
    assert [record["sequence"] for record in records] == [1, 2, 3]
    assert [record["previous_hash"] for record in records] == [None, records[0]["hash"], records[1]["hash"]]


def test_every_changed_byte_names_the_first_bad_entry(file: ChainedFile) -> None:
    original = file.path.read_bytes()
    place = 0
    for number, line in enumerate(original.splitlines(keepends=True), start=1):
        for _ in line:
            changed = bytearray(original)
            changed[place] ^= 0x21
            file.path.write_bytes(changed)
            records, problem = file.examine()
            assert problem is not None and problem.startswith(f"entry {number}:"), (place, problem)
            assert len(records) == number - 1
            place += 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(JSON, min_size=1, max_size=3))
def test_whatever_is_added_is_read_as_it_was(told: list[object]) -> None:
    """Integers of more than 64 bits and the longest floats too: a quicker reader of JSON makes something else of them."""
    with TemporaryDirectory() as place:
        file = ChainedFile(Path(place) / "told.jsonl")
        for value in told:
            file.append({"what": value})
        assert [_exactly(record["what"]) for record in file.read()] == [_exactly(value) for value in told]
        changed = file.path.read_bytes().replace(b'"sequence":1,', b'"sequence":1.0,')
        file.path.write_bytes(changed)
        assert file.examine()[1] is not None


def _exactly(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def test_lines_lost_moved_or_added_are_found(file: ChainedFile) -> None:
    first, second, third = file.path.read_bytes().splitlines(keepends=True)
    for lines in ([second, third], [first, third], [first, second], [first], [], [first, third, second], [first, second, third, third]):
        file.path.write_bytes(b"".join(lines))
        with pytest.raises(ChainBroken):
            file.read()
        with pytest.raises(ChainBroken):
            file.append({"what": "more"})
    file.path.write_bytes(first + second + third)
    file.path.with_suffix(".head").unlink()
    with pytest.raises(ChainBroken, match=r"told\.head"):
        file.read()


def test_a_line_cut_short_is_set_aside_by_the_next_writer(file: ChainedFile) -> None:
    whole = file.path.read_bytes()
    file.path.write_bytes(whole + b'{"what":"ha')
    assert "cut short" in str(file.examine()[1])
    assert len(file.read()) == 3, "nobody was told of it, or it is being written at this moment"
    file.append({"what": "more"})
    assert [record["what"] for record in file.read()] == ["事0", "事1", "事2", "more"]
    assert file.path.with_suffix(".torn").read_bytes() == b'{"what":"ha\n'


def test_a_head_that_is_one_behind_is_what_a_kill_leaves(file: ChainedFile) -> None:
    head = file.path.with_suffix(".head")
    before = head.read_bytes()
    file.append({"what": "more"})
    head.write_bytes(before)
    assert len(file.read()) == 4
    file.append({"what": "and more"})
    head.write_bytes(before)
    with pytest.raises(ChainBroken):
        file.read()


def test_writers_at_once_never_fork_it(file: ChainedFile) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: ChainedFile(file.path).append({"what": str(number)}), range(30)))
    assert len(file.read()) == 33


def test_a_reader_sees_one_moment_while_lines_are_added(file: ChainedFile) -> None:
    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(lambda: [ChainedFile(file.path).append({"what": "事" * 3000, "n": n}) for n in range(60)])
        seen = []
        while not adding.done():
            seen.append(len(file.read()))
    assert seen == sorted(seen) and len(set(seen)) > 1 and len(file.read()) == 63


def test_the_head_outlives_a_loss_of_power_with_the_entry_that_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If only renamed, it could lose more than the one entry that a kill explains, and the file would count as forged."""
    steps: list[tuple[str, str]] = []
    monkeypatch.setattr(chained_file, "append_synced", lambda path, content: steps.append(("append", path.name)))
    monkeypatch.setattr(chained_file, "sync_folder", lambda folder: steps.append(("sync", folder.name)))
    ChainedFile(tmp_path / "log.jsonl").append({"n": 1})
    assert steps == [("append", "log.jsonl"), ("sync", tmp_path.name)]

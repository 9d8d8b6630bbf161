"""The log of filings: a changed byte is found and the first bad entry named, a killed append loses nothing, two writers never fork it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from glassbook.chained_file import ChainBroken
from glassbook.settings import Settings
from reports.filing.life.log import NewEntry, examine_log, log_path, open_log, read_log
from reports.filing.life.states import filings, versions

ROOT = Path(__file__).parents[3]
APPEND = """
import sys
from glassbook.settings import load_settings
from reports.filing.life.log import NewEntry, open_log
settings = load_settings()
for number in range(int(sys.argv[2])):
    with open_log(settings) as log:
        log.append(NewEntry(
            regime="toy", period="2019-12", version=1, action="check", from_state="draft", state="draft", who=sys.argv[1], seal="ab" * 32
        ))
"""
POINTS = ("log_before_append", "chain_before_head", "log_after_head")


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def write(settings: Settings, count: int, state: str = "draft") -> None:
    for number in range(count):
        with open_log(settings) as log:
            log.append(
                NewEntry(
                    regime="toy",
                    period="2019-12",
                    version=1,
                    action="check",
                    from_state="draft",
                    state=state,
                    who=f"明{number}",
                    seal="ab" * 32,
                )
            )


def appending(home: Settings, who: str, count: int = 1, point: str = "") -> subprocess.Popen[bytes]:
    environment = os.environ | {"GLASSBOOK_HOME": str(home.home), "GLASSBOOK_FAULT_POINT": point}
    return subprocess.Popen([sys.executable, "-c", APPEND, who, str(count)], env=environment, cwd=ROOT)


def test_empty_log_reads_as_nothing(home: Settings) -> None:
    assert read_log(home) == [] and filings(home) == []


def test_every_changed_byte_names_the_first_bad_entry(home: Settings) -> None:
    write(home, 3)
    path = log_path(home)
    original = path.read_bytes()
    place = 0
    for number, line in enumerate(original.splitlines(keepends=True), start=1):
        for _ in line:
            for mask in (0x01, 0x20, 0x80):
                changed = bytearray(original)
                changed[place] ^= mask
                path.write_bytes(changed)
                entries, problem = examine_log(home)
                assert problem is not None and f"entry {number}:" in problem, (place, mask, problem)
                assert len(entries) == number - 1
            place += 1
    path.write_bytes(original)
    assert examine_log(home)[1] is None


def test_lines_dropped_moved_doubled_or_cut_are_found(home: Settings) -> None:
    write(home, 4)
    path = log_path(home)
    lines = path.read_bytes().splitlines(keepends=True)
    first, second, third, fourth = lines
    for changed, number in (
        ([second, third, fourth], 1), ([first, third, fourth], 2), ([first, second, third], 4), ([first], 2), ([], 1),
        ([first, third, second, fourth], 2), ([first, first, second, third, fourth], 2), ([*lines, fourth], 5),
        ([first, second, third, fourth[:-1]], 4), ([first, second, third, fourth[:40]], 4), ([*lines, b"\n"], 5),
    ):  # fmt: skip
        path.write_bytes(b"".join(changed))
        problem = examine_log(home)[1]
        assert problem is not None and problem.startswith(f"entry {number}:"), problem
        with pytest.raises(ChainBroken, match=f"entry {number}:"):
            read_log(home)
    path.write_bytes(b"".join(lines))
    assert len(read_log(home)) == 4


def test_rewriting_the_tail_with_fitting_hashes_is_found_by_the_head(home: Settings, tmp_path: Path) -> None:
    write(home, 3)
    other = Settings(home=tmp_path / "other")
    write(other, 2)
    write(other, 1, state="submitted")
    log_path(home).write_bytes(log_path(other).read_bytes())
    problem = examine_log(home)[1]
    assert problem is not None and problem.startswith("entry 3:")
    head = home.filings_dir / "log.head"
    for content in (b"", b"3\n", head.read_bytes().upper(), head.read_bytes()[:-1], b"0" + head.read_bytes()):
        head.write_bytes(content)
        assert examine_log(home)[1] is not None
    head.unlink()
    assert examine_log(home)[1] is not None


def test_line_cut_short_is_set_aside_by_the_next_act(home: Settings) -> None:
    write(home, 2)
    with log_path(home).open("ab") as handle:
        handle.write(b'{"action":"sub')
    assert "cut short" in str(examine_log(home)[1])
    write(home, 1)
    assert len(read_log(home)) == 3
    assert (home.filings_dir / "log.torn").read_bytes() == b'{"action":"sub\n'


def test_two_processes_at_once_never_fork_the_log(home: Settings) -> None:
    started = [appending(home, who, 25) for who in ("one", "two", "three")]
    assert [process.wait() for process in started] == [0, 0, 0]
    entries = read_log(home)
    assert len(entries) == 75
    assert {entry.who for entry in entries} == {"one", "two", "three"}
    assert len({entry.previous_hash for entry in entries}) == 75


@pytest.mark.parametrize("point", POINTS)
def test_killed_append_is_whole_or_absent(home: Settings, point: str) -> None:
    write(home, 2)
    assert appending(home, "killed", 1, point).wait() == -signal.SIGKILL
    assert len(read_log(home)) == (2 if point == "log_before_append" else 3)
    assert appending(home, "next").wait() == 0
    assert [entry.who for entry in read_log(home)][-1] == "next"
    assert (home.filings_dir / "log.head").read_text().split() == [str(len(read_log(home))), read_log(home)[-1].hash]


def test_line_is_one_json_object_with_the_fields_agreed(home: Settings) -> None:
    write(home, 1)
    record = json.loads(log_path(home).read_text(encoding="utf-8"))
    assert set(record) == {
        "sequence", "at", "regime", "period", "version", "action", "from_state", "state", "who", "role", "reason", "code", "seal",
        "sign_off", "receipt", "previous_hash", "hash",
    }  # fmt: skip


def step(home: Settings, version: int, action: str, before: str | None, state: str) -> None:
    with open_log(home) as log:
        log.append(
            NewEntry(
                regime="toy",
                period="2019-12",
                version=version,
                action=action,
                from_state=before,
                state=state,
                who=action,
                seal=f"{version}f" * 32,
            )
        )


def test_a_version_is_superseded_when_the_next_is_acknowledged_and_not_before(home: Settings) -> None:
    step(home, 1, "open", None, "validated")
    step(home, 1, "submit", "signed_off", "submitted")
    step(home, 1, "acknowledge", "submitted", "acknowledged")
    step(home, 2, "supersede", None, "validated")
    step(home, 2, "submit", "signed_off", "submitted")
    assert [filing.state for filing in filings(home)] == ["acknowledged", "submitted"]
    step(home, 2, "acknowledge", "submitted", "acknowledged")
    first, second = versions(read_log(home), "toy", "2019-12")
    assert (first.state, second.state) == ("superseded", "acknowledged")
    assert first.submitted is not None and first.submitted.who == "submit"
    assert first.answered is not None and first.filing_id == "toy-2019-12"

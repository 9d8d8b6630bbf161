"""`glassbook quarantine`: what it shows names no person, it reports what it decides, and its exit code indicates the result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glassbook.errors import CheckFailed, InputError
from glassbook.lake.comparison import LakeDamaged
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings, load_settings
from ingestion.commands.quarantine import quarantine
from ingestion.contract import load_contract
from ingestion.loading.held_rows import held_files
from ingestion.loading.load import ingest
from ingestion.quarantine.pages import held_by_rule
from tests.support.homes import copied
from tests.support.lake import a_platform

UNUSED = {name for name, table in load_contract().tables.items() if not table.required and name != "fees"}
PERSON = {"legal_name": "张三丰", "id_number": "110101199001011234", "mobile": "13800138000", "email": "zhang@example.cn"}
PERSON |= {"bank_account_no": "6222020200112233445", "birth_date": "1855-01-01"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A lake with a user born too early, a fee of an unknown kind and one that came again with another amount."""
    folder = tmp_path_factory.mktemp("quarantine")
    settings = Settings(home=folder / "home", memory_limit="512MB")
    p = a_platform()
    ingest(settings, p.write(folder / "source", without=UNUSED))
    p.change("users", 1, "2019-03-01 10:00", **PERSON)
    p.fee("7.00", "2019-02-01 10:00", kind="\x1b[31mparking")
    p.rows("fees")[0]["amount"] *= 2
    ingest(settings, p.write(folder / "source", without=UNUSED))
    return settings


@pytest.fixture
def home(lake: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GLASSBOOK_HOME", str(lake.home))
    monkeypatch.setenv("COLUMNS", "200")
    return load_settings()


def run(*arguments: str) -> Any:
    return CliRunner().invoke(quarantine, arguments)


def test_the_list_says_rule_column_value_and_key(home: Settings) -> None:
    document = json.loads(run("list", "--format", "json").output)
    assert document["counts"] == {"open": 3, "accepted": 0, "superseded": 0, "released": 0}
    found = {row["id"]: (row["rule"], row["column"], row["value"], row["key"]) for row in document["rows"]}
    assert found == {
        "fees-2-1": ("GB-F03", None, None, "fee_id=1"),
        "fees-2-2": ("GB-F02", "fee_kind", "\x1b[31mparking", "fee_id=2"),
        "users-2-1": ("GB-F04", "birth_date", "***", "user_id=1"),
    }
    table = run("list", "--rows", "2").output
    assert "GB-F02 value_not_in_list" in table and "\x1b" not in table and "1 more" in table and "3 open, 0 accepted" in table


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--table", "users"], ["users-2-1"]),
        (["--rule", "GB-F03"], ["fees-2-1"]),
        (["--rule", "value_not_in_list"], ["fees-2-2"]),
        (["--load", "1"], []),
        (["--state", "accepted"], []),
        (["--state", "all", "--load", "2", "--table", "fees"], ["fees-2-1", "fees-2-2"]),
    ],
)
def test_the_list_is_narrowed_by_table_rule_load_and_state(home: Settings, options: list[str], ids: list[str]) -> None:
    document = json.loads(run("list", *options, "--format", "json").output)
    assert [row["id"] for row in document["rows"]] == ids


def test_nothing_that_is_printed_names_a_person(home: Settings) -> None:
    for shape in ("table", "json"):
        printed = run("list", "--state", "all", "--format", shape).output + run("show", "users-2-1", "--format", shape).output
        assert not [value for value in PERSON.values() if value in printed]
        assert printed.count("***") >= len(PERSON)


def test_a_conflict_is_shown_beside_what_the_lake_holds(home: Settings) -> None:
    document = json.loads(run("show", "fees-2-1", "--format", "json").output)
    assert {v["column"]: (v["value"], v["in_lake"]) for v in document["values"] if v["differs"]} == {"amount": ("6.42", "3.21")}
    assert document["source"] and document["rule_in_words"] and document["history"] == []
    table = run("show", "fees-2-1").output
    assert "6.42" in table and "3.21" in table and "differs" in table


def test_wrong_words_are_named(home: Settings) -> None:
    for arguments, where in (
        (["show", "fees-9-9"], "lake"),
        (["list", "--table", "fee"], "--table"),
        (["list", "--rule", "F2"], "--rule"),
        (["accept", "--by", "Li Na", "--reason", "x"], "decide on"),
        (["release", "fees-1", "--by", "Li Na"], "id of a row"),
    ):
        error = run(*arguments).exception
        assert isinstance(error, InputError) and where in error.where


def test_a_row_that_a_rule_still_holds_is_told_and_exits_1(home: Settings) -> None:
    result = run("release", "fees-2-1", "--by", "Li Na")
    assert isinstance(result.exception, CheckFailed) and "fees-2-1: GB-F03 key_conflict" in str(result.exception)
    assert len(visible_loads(home)) == 2


def test_an_accepted_row_shows_who_and_why(home: Settings, tmp_path: Path) -> None:
    said = run("accept", "--table", "users", "--by", "Li Na", "--reason", "born before the registers")
    assert said.exit_code == 0 and "load 3: 1 accepted by Li Na" in said.output
    (step,) = json.loads(run("show", "users-2-1", "--format", "json").output)["history"]
    assert (step["state"], step["load"], step["by"], step["reason"]) == ("accepted", 3, "Li Na", "born before the registers")
    assert "accepted by Li Na" in run("list", "--state", "all").output and "born before" in run("show", "users-2-1").output


def test_a_damaged_file_is_named_and_none_of_its_values_shown(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = copied(home, tmp_path / "home")
    monkeypatch.setenv("GLASSBOOK_HOME", str(copy.home))
    assert run("accept", "fees-2-2", "--by", "Li Na", "--reason", "a kind of their own").exit_code == 0
    loads = visible_loads(copy)
    held = held_files(loads)
    lake = {part.path for load in loads if (part := load.tables.get("fees")) and part.path}
    assert {path.split("/")[0] for path in held} == {"_quarantine"} and len(held) >= 3 and lake
    assert any(part.states_path in held for load in loads for part in load.tables.values())
    show, shows_all = ("show", "fees-2-1"), ("list", "--state", "all")
    for path, commands in [(path, (show, shows_all)) for path in sorted(held)] + [(path, (show,)) for path in sorted(lake)]:
        place = copy.lake_dir / path
        good = place.read_bytes()
        # The first and last values of the file, and its description of itself.
        for at in (8, len(good) // 3, len(good) - 40):
            place.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
            for command in commands:
                result = run(*command)
                assert isinstance(result.exception, LakeDamaged) and str(place) in str(result.exception), (command, result.exception)
                assert result.output == ""
            if path in held:
                with pytest.raises(LakeDamaged, match=place.name):
                    held_by_rule(copy)
        place.write_bytes(good)
        assert all(run(*command).exit_code == 0 for command in commands)

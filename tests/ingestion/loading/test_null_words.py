"""Words that exports write for null are read as null when they mean it, reported with counts, and kept when they may be a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassbook.settings import PERSONAL_WORDS, WORDS, Settings
from ingestion.contract import load_contract
from ingestion.loading.drift import notes_of
from ingestion.loading.load import LoadPlan, ingest
from ingestion.loading.null_words import SUSPECT
from ingestion.mapping import Mapping
from tests.ingestion.sources.test_other_files import duckdb_file, sqlite_file, workbooks
from tests.support.lake import a_home, a_platform, content, quarantine, rows
from tests.support.platform import Platform


def sessions(words: list[str | None], **more: Any) -> Platform:
    p = a_platform()
    for word in words:
        p.add("web_sessions", invitation_code=word, utm_source=word, visitor_id="v", landing_path="/", **more)
    return p


def codes(home: Settings) -> list[str | None]:
    return [row["invitation_code"] for row in rows(home, "web_sessions")]


def test_words_for_nothing_are_null_and_told(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    load = ingest(home, sessions([*WORDS, "0", None, "AB12", "NULL"]).write(tmp_path / "source"))
    assert codes(home) == [None] * len(WORDS) + ["0", None, "AB12", None]
    assert load.tables["web_sessions"].null_words["invitation_code"] == {"(NULL)": 1, "0": 1, "NULL": 2, "None": 1, "\\N": 1, "null": 1}
    read = "(NULL) in 1 rows, NULL in 2 rows, None in 1 rows, \\N in 1 rows, null in 1 rows, read as null"
    assert f"web_sessions: words for nothing in invitation_code: {read}; 0 in 1 rows, kept as text" in notes_of(load)
    assert len(WORDS) == 5


def test_the_hash_is_of_what_is_kept(tmp_path: Path) -> None:
    with_words, without = a_home(tmp_path / "with"), a_home(tmp_path / "without")
    ingest(with_words, sessions(["NULL", "x"]).write(tmp_path / "a"))
    ingest(without, sessions([None, "x"]).write(tmp_path / "b"))
    assert rows(with_words, "web_sessions") == rows(without, "web_sessions")
    assert not ingest(with_words, tmp_path / "b").tables["web_sessions"].rows_quarantined


def test_names_of_people_are_kept(tmp_path: Path) -> None:
    p, home = a_platform(), a_home(tmp_path / "home")
    for word in (*WORDS, "Null", "None"):
        p.user(legal_name=word, mobile=word)
    load = ingest(home, p.write(tmp_path / "source"))
    assert [row["legal_name"] for row in rows(home, "users")][-7:] == [None, *WORDS[1:], "Null", "None"]
    assert PERSONAL_WORDS == ("\\N",)
    assert load.tables["users"].null_words["legal_name"]["None"] == 2


def test_a_list_that_may_be_null_takes_them_and_a_text_that_may_not_keeps_them(tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    p = sessions(["x"], device_kind="NULL")
    p.add("web_sessions", visitor_id="NULL", landing_path="/")
    load = ingest(home, p.write(tmp_path / "source"))
    assert [(row["device_kind"], row["visitor_id"]) for row in rows(home, "web_sessions")] == [(None, "v"), (None, "NULL")]
    assert not quarantine(home, "web_sessions")
    assert any("visitor_id: NULL in 1 rows, kept as text" in note for note in notes_of(load))


def test_a_source_says_which_words_mean_nothing(tmp_path: Path) -> None:
    source = sessions(["-", "NULL", "x"]).write(tmp_path / "source")
    home = a_home(tmp_path / "home").model_copy(update={"null_words": ("-",)})
    ingest(home, source)
    assert codes(home) == [None, "NULL", "x"]
    tables = {
        table.name: {"from": table.name, "columns": {c: c for c in table.column_names}}
        for table in load_contract().tables.values()
        if (source / f"{table.name}.parquet").is_file()
    }
    mapping = {"version": 1, "tables": tables, "null_words": [], "personal_null_words": ["王小明"]}
    mapped = a_home(tmp_path / "mapped")
    ingest(mapped, source, LoadPlan(Mapping.model_validate(mapping)))
    assert codes(mapped) == ["-", "NULL", "x"]
    assert {row["legal_name"] for row in rows(mapped, "users")} == {None}
    signatures = [Mapping.model_validate(mapping | change).of("users") for change in ({}, {"null_words": ["-"]}, {"null_words": None})]
    assert len({found.signature for found in signatures if found}) == 3


@pytest.mark.parametrize("form", [duckdb_file, sqlite_file, workbooks], ids=lambda form: form.__name__)
def test_words_for_nothing_in_every_kind_of_source(form: Any, tmp_path: Path) -> None:
    home = a_home(tmp_path / "home")
    p = a_platform()
    p.user(income_band="NULL", province_code="\\N", legal_name="NULL")
    ingest(home, form(p.write(tmp_path / "source")))
    last = rows(home, "users")[-1]
    assert (last["income_band"], last["province_code"], last["legal_name"]) == (None, None, "NULL")


def test_a_row_that_was_loaded_with_its_word_before_is_known_and_stays(tmp_path: Path) -> None:
    p, home = sessions(["NULL", "x"]), a_home(tmp_path / "home")
    p.user(income_band="NULL")
    before = home.model_copy(update={"null_words": ()})
    ingest(before, p.write(tmp_path / "source"))
    load = ingest(home, tmp_path / "source")
    assert codes(home) == ["NULL", "x"] and not quarantine(home, "web_sessions")
    # Rows of other tables may change, and do.
    assert (load.tables["web_sessions"].rows_new, load.tables["users"].rows_new) == (0, 1)
    seen = content(home)
    again = ingest(home, tmp_path / "source")
    assert content(home) == seen and again.tables["web_sessions"].null_words["utm_source"] == {"NULL": 1}


DRAWN = st.one_of(st.none(), st.sampled_from([*WORDS, *SUSPECT]), st.text(st.sampled_from("NULnul\\()0 x"), max_size=6))


@settings(max_examples=15, deadline=None)
@given(words=st.lists(DRAWN, min_size=1, max_size=8), meant=st.lists(DRAWN.filter(bool), max_size=3))
def test_exactly_the_words_that_a_source_names_are_null(
    tmp_path_factory: pytest.TempPathFactory, words: list[Any], meant: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("words")
    home = a_home(folder / "home").model_copy(update={"null_words": tuple(meant)})
    load = ingest(home, sessions(words).write(folder / "source"))
    assert codes(home) == [None if word in meant else word for word in words]
    counted = load.tables["web_sessions"].null_words.get("invitation_code", {})
    told = {*WORDS, *SUSPECT, *meant}
    assert counted == {word: words.count(word) for word in words if word in told}

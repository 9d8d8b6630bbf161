"""The hash of a row's content: MD5 of a documented text that never changes, because a lake is compared by it for years."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, quarantine, rows
from tests.support.platform import Platform
from tests.support.simulated_folders import platform


def text_of(value: Any) -> str:
    """A value as the lake's engine writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        whole, _, fraction = value.isoformat(sep=" ").partition(".")
        return whole + ("." + fraction.rstrip("0") if fraction else "")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def told(text: str) -> str:
    """A value after the character that says where it ends: at the next U+001F, or after so many bytes."""
    return f"#{len(text.encode())}:{text}" if "\x1f" in text else "=" + text


def hash_of(values: list[Any]) -> int:
    """By Python's own MD5: its last eight bytes, the least of them first."""
    content = "\x1f".join("" if value is None else told(text_of(value)) for value in values)
    return int.from_bytes(hashlib.md5(content.encode()).digest()[8:], "little")


def test_every_rows_hash_is_the_md5_of_its_text(tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    ingest(settings, platform(loans=60, end=date(2018, 6, 30), anomalies=True))
    seen = 0
    for table in load_contract().tables.values():
        for row in rows(settings, table.name):
            assert row["_row_hash"] == hash_of([row[name] for name in table.column_names]), f"{table.name}: {row}"
            seen += 1
    assert seen > 1000


def test_rows_that_differ_in_what_is_missing_have_hashes_that_differ(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform()
    kept = source.rows("repayments")[0]
    for change in ({"loan_id": None}, {"payer_kind": None}, {"payer_kind": ""}, {"payee_kind": None}, {"payee_kind": ""}, {"fee": None}):
        source.rows("repayments").append(kept | change)
    ingest(settings, source.write(tmp_path / "source"))
    held = [row["_row_hash"] for row in quarantine(settings, "repayments")]
    assert len(held) == len(set(held)) == 6
    assert kept_hash(settings) not in held


def test_nul_and_what_is_behind_it_are_content(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), Platform()
    for name in ("王", "王\0", "王\0小明", "王\0大明"):
        source.add("users", legal_name=name)
    ingest(settings, source.write(tmp_path / "source"))
    columns = load_contract().tables["users"].column_names
    assert [row["legal_name"] for row in rows(settings, "users")] == ["王", "王\0", "王\0小明", "王\0大明"]
    assert [row["_row_hash"] for row in rows(settings, "users")] == [
        hash_of([row[name] for name in columns]) for row in rows(settings, "users")
    ]


def kept_hash(settings: Settings) -> int:
    """The hash of the one repayment in the lake."""
    (row,) = rows(settings, "repayments")
    return int(row["_row_hash"])


@settings_of_hypothesis(max_examples=15, deadline=None)
@given(ids=st.lists(st.integers(-130, 130) | st.sampled_from([2**62, 2**63 - 1, -(2**62)]), min_size=1, max_size=120))
def test_a_key_that_comes_twice_is_seen_wherever_it_lies(ids: list[int]) -> None:
    source = Platform()
    for number in ids:
        source.add("fees", fee_id=number, amount="1.00")
    with tempfile.TemporaryDirectory() as folder:
        settings = a_home(Path(folder) / "home")
        load = ingest(settings, source.write(Path(folder) / "source"))
        found = load.tables["fees"]
        assert (found.rows_new, found.rows_duplicate) == (len(set(ids)), len(ids) - len(set(ids)))
        assert sorted(row["fee_id"] for row in rows(settings, "fees")) == sorted(set(ids))

"""A load keeps every row once: idempotent, append-only, each version kept, and all rows and sums accounted for."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from glassbook.lake.loads import visible_loads
from ingestion.contract import load_contract
from ingestion.loading.load import ingest
from tests.support.lake import a_home, a_platform, content, newest, quarantine, rows, stray_files
from tests.support.platform import Platform


def test_second_load_of_the_same_folder_writes_nothing(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    first = ingest(settings, source)
    files = {p: p.stat().st_mtime_ns for p in settings.lake_dir.rglob("*.parquet")}
    assert ingest(settings, source) == first
    assert visible_loads(settings) == [first]
    assert {p: p.stat().st_mtime_ns for p in settings.lake_dir.rglob("*.parquet")} == files
    assert not stray_files(settings)


def test_only_new_rows_are_added_and_earlier_files_stay(tmp_path: Path) -> None:
    settings, platform = a_home(tmp_path / "home"), a_platform()
    ingest(settings, platform.write(tmp_path / "one"))
    before = {p: p.read_bytes() for p in settings.lake_dir.rglob("*.parquet")}
    platform.repay(1, 2, "2019-03-10 12:00", "500.00", "5.00")
    second = ingest(settings, platform.write(tmp_path / "two"))
    assert second.load_seq == 2 and second.rows_new == 1
    assert (second.tables["repayments"].rows_new, second.tables["repayments"].rows_unchanged) == (1, 1)
    assert second.tables["loans"].path is None
    assert all(path.read_bytes() == data for path, data in before.items())
    assert [row["_load_seq"] for row in rows(settings, "repayments")] == [1, 2]


def test_several_versions_of_a_key_in_one_file_are_all_kept(tmp_path: Path) -> None:
    settings, platform = a_home(tmp_path / "home"), a_platform()
    platform.change("loans", 1, "2019-02-01 09:00", status="settled")
    platform.change("loans", 1, "2019-02-02 09:00", status="repaying")
    load = ingest(settings, platform.write(tmp_path / "source"))
    assert load.tables["loans"].rows_new == 3
    assert [row["status"] for row in rows(settings, "loans")] == ["repaying", "settled", "repaying"]


def test_append_row_with_other_content_goes_to_quarantine(tmp_path: Path) -> None:
    settings, platform = a_home(tmp_path / "home"), a_platform()
    platform.add("fees", **(platform.rows("fees")[0] | {"amount": "9.00"}))
    load = ingest(settings, platform.write(tmp_path / "one"))
    assert (load.tables["fees"].rows_new, load.tables["fees"].rows_quarantined) == (1, 1)
    assert [row["amount"] for row in rows(settings, "fees")] == [Decimal("3.21")], "the first stands"
    other = a_platform()
    other.rows("fees")[0]["amount"] = Decimal("7.00")
    later = ingest(settings, other.write(tmp_path / "two"))
    assert later.tables["fees"].rows_quarantined == 1
    held = quarantine(settings, "fees")
    assert [(row["reason_code"], row["key_text"]) for row in held] == [("key_conflict", "fee_id=1")] * 2
    assert '"amount":7.00' in held[1]["row_json"], "the row as it came"
    assert ingest(settings, other.write(tmp_path / "two")) == later, "a row held already is not held again"


def test_exact_duplicates_are_counted_and_written_once(tmp_path: Path) -> None:
    settings, platform = a_home(tmp_path / "home"), a_platform()
    for table in ("repayments", "users"):
        platform.add(table, **platform.rows(table)[0])
    load = ingest(settings, platform.write(tmp_path / "source"))
    assert load.tables["repayments"].rows_duplicate == load.tables["users"].rows_duplicate == 1
    assert len(rows(settings, "repayments")) == 1
    assert load.tables["repayments"].money_sums["principal"]["duplicate"] == "500.00"


def test_older_version_that_comes_back_is_the_newest_again(tmp_path: Path) -> None:
    settings, at = a_home(tmp_path / "home"), "2019-05-01 09:00"

    def load(name: str, *statuses: str) -> int:
        platform = a_platform()
        platform.rows("users").pop()
        for status in statuses:
            platform.add("users", user_id=77, status=status, updated_at=at)
        return ingest(settings, platform.write(tmp_path / name)).load_seq

    assert load("one", "active") == 1
    assert load("two", "frozen") == 2
    assert load("three", "active") == 3
    assert [row["status"] for row in rows(settings, "users") if row["user_id"] == 77] == ["active", "frozen", "active"]
    assert load("four", "frozen", "active") == 3, "the whole history of the instant, ending as known, is nothing new"
    assert load("five", "active", "frozen") == 4
    last = [row["status"] for row in rows(settings, "users") if row["user_id"] == 77]
    assert last[-1] == "frozen"
    assert load("six", "active", "frozen") == 4, "and the same again is nothing new"


def test_of_equal_versions_in_one_file_the_last_word_counts(tmp_path: Path) -> None:
    settings, platform = a_home(tmp_path / "home"), a_platform()
    for status in ("active", "frozen", "active"):
        platform.add("users", user_id=77, status=status, updated_at="2019-05-01 09:00")
    load = ingest(settings, platform.write(tmp_path / "source"))
    assert load.tables["users"].rows_duplicate == 1
    assert newest(settings, "users", 77)["status"] == "active"


def test_counts_and_sums_agree_with_the_files(tmp_path: Path) -> None:
    """Sums taken again with Decimal from the source, the lake and the quarantine."""
    settings, platform = a_home(tmp_path / "home"), a_platform()
    platform.add("repayments", **(platform.rows("repayments")[0] | {"repayment_id": 9, "payer_kind": "nobody", "principal": "0.07"}))
    platform.add("repayments", **platform.rows("repayments")[0])
    load = ingest(settings, platform.write(tmp_path / "source"))
    for name, table in load_contract().tables.items():
        report, offered = load.tables[name], platform.rows(name)
        assert report.rows_read == len(offered)
        assert report.rows_read == report.rows_new + report.rows_unchanged + report.rows_duplicate + report.rows_quarantined
        assert report.rows_new == len(rows(settings, name)) and report.rows_quarantined == len(quarantine(settings, name))
        assert set(report.money_sums) == set(table.money_columns)
        for column, sums in report.money_sums.items():
            assert Decimal(sums["read"]) == sum((row[column] or Decimal(0) for row in offered), Decimal(0))
            assert Decimal(sums["new"]) == sum((row[column] or Decimal(0) for row in rows(settings, name)), Decimal(0))
            assert Decimal(sums["read"]) == sum((Decimal(v) for k, v in sums.items() if k != "read"), Decimal(0))
    assert load.tables["repayments"].money_sums["principal"]["quarantined"] == "0.07"


def test_columns_absent_and_extra_are_reported(tmp_path: Path) -> None:
    settings, source = a_home(tmp_path / "home"), a_platform().write(tmp_path / "source")
    users = pq.read_table(source / "users.parquet").drop_columns(["mobile"])
    pq.write_table(users.append_column("shoe_size", users["user_id"]), source / "users.parquet")
    report = ingest(settings, source).tables["users"]
    assert (report.missing_columns, report.unknown_columns) == (["mobile"], ["shoe_size"])
    assert all(row["mobile"] is None and "shoe_size" not in row for row in rows(settings, "users"))


def test_table_not_supplied_is_said_so(tmp_path: Path) -> None:
    settings, platform = a_home(tmp_path / "home"), a_platform()
    load = ingest(settings, platform.write(tmp_path / "one", without=["complaints"]))
    assert not load.tables["complaints"].is_supplied and load.tables["rewards"].is_supplied
    later = ingest(settings, platform.write(tmp_path / "two"))
    assert later.load_seq == 2 and later.tables["complaints"].is_supplied, "an empty table is supplied"


def as_csv(source: Path, out: Path) -> Path:
    """The same platform as CSV."""
    out.mkdir()
    for path in source.glob("*.parquet"):
        pc.write_csv(pq.read_table(path), out / f"{path.stem}.csv")
    return out


def test_csv_gives_the_same_lake_as_parquet(tmp_path: Path) -> None:
    platform = a_platform()
    platform.user(legal_name='贾"宝",玉\n公子', email="")
    source = platform.write(tmp_path / "source")
    one, two = a_home(tmp_path / "one"), a_home(tmp_path / "two")
    ingest(one, source)
    ingest(two, as_csv(source, tmp_path / "csv"))
    assert content(one) == content(two)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_folder_of_files_is_the_same_table(tmp_path: Path, kind: str) -> None:
    source = a_platform().write(tmp_path / "source")
    folder = source if kind == "parquet" else as_csv(source, tmp_path / "csv")
    one, two = a_home(tmp_path / "one"), a_home(tmp_path / "two")
    ingest(one, folder)
    instalments = pq.read_table(source / "instalments.parquet")
    (folder / f"instalments.{kind}").unlink()
    (folder / "instalments").mkdir()
    for i in range(instalments.num_rows):
        target = folder / "instalments" / f"part-{i}.{kind}"
        pq.write_table(instalments.slice(i, 1), target) if kind == "parquet" else pc.write_csv(instalments.slice(i, 1), target)
    ingest(two, folder)
    assert content(one) == content(two)


def test_a_load_is_never_dated_before_the_one_it_follows(tmp_path: Path) -> None:
    settings, platform = a_home(tmp_path / "home"), Platform()
    clock = datetime(2020, 1, 1, tzinfo=UTC)
    first = ingest(settings.model_copy(update={"clock_now": clock}), platform.write(tmp_path / "one"))
    platform.user()
    second = ingest(settings.model_copy(update={"clock_now": clock.replace(year=2019)}), platform.write(tmp_path / "two"))
    assert second.loaded_at > first.loaded_at
    assert visible_loads(settings, first.loaded_at) == [first]


def test_days_and_instants_that_no_calendar_has_are_held_back(tmp_path: Path) -> None:
    settings = a_home(tmp_path / "home")
    source = a_platform().write(tmp_path / "source")
    strange = "select * replace ({}) from read_parquet('{}')"
    for name, change in (
        ("instalments", "case instalment_no when 1 then 'infinity'::date else due_on end as due_on"),
        ("fees", "'-infinity'::timestamp as charged_at"),
        (
            "users",
            "case user_id when 1 then '0044-03-15 (BC) 12:00:00'::timestamp when 2 then '10000-01-01'::timestamp "
            "else registered_at end as registered_at",
        ),
    ):
        path = source / f"{name}.parquet"
        duckdb.execute(f"copy ({strange.format(change, path)}) to '{path}.new' (format parquet)")
        path.with_name(path.name + ".new").replace(path)
    load = ingest(settings, source)
    held = {name: table.rows_quarantined for name, table in load.tables.items() if table.rows_quarantined}
    assert held == {"instalments": 1, "fees": 1, "users": 2}
    assert {row["reason_code"] for name in held for row in quarantine(settings, name)} == {"instant_out_of_range"}
    assert ingest(settings, source) == load

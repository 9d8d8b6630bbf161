"""Drafting and checking a mapping: what resembles the contract is found, what does not is said, and so is what that costs."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner, Result

from glassbook.errors import InputError
from glassbook.yaml_as_written import load_as_written
from ingestion.commands.map import map_group
from ingestion.contract import load_contract
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import read_mapping
from ingestion.mapping.schema import PATH, schema_text
from tests.support.lake import a_home, a_platform, rows

OTHER = """
create table t_member (id bigint primary key, memberType varchar, reg_time timestamp, real_name varchar, mobilePhone varchar, state integer,
    gmt_modified timestamp, shoe_size integer);
create table t_product (id bigint primary key, title varchar);
create table "标的" (id bigint primary key, borrower bigint references t_member (id), product bigint references t_product (id),
    "金额" decimal(18, 2), year_rate decimal(8, 4), term_months integer, publish_time timestamp, status varchar, update_time timestamp);
create table audit_trail (n integer);
insert into t_member values (1, 'individual', timestamp '2019-01-01', '林', '1', 1, timestamp '2019-01-01', 40);
"""


def database(folder: Path, statements: str) -> Path:
    path = folder / "platform.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(statements)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(map_group, [str(a) for a in arguments])


def test_tables_of_the_contracts_names_are_drafted_whole_and_load_the_same(tmp_path: Path) -> None:
    folder = a_platform().write(tmp_path / "source")
    source = database(tmp_path, "".join(f"create table {p.stem} as from read_parquet('{p}');" for p in folder.glob("*.parquet")))
    assert run("init", "--source", source, "--out", tmp_path / "mapping.yml").exit_code == 0
    mapping = read_mapping(tmp_path / "mapping.yml")
    for name, table in load_contract().tables.items():
        assert {c: rule.source for c, rule in mapping.tables[name].columns.items()} == {c: c for c in table.column_names}, name
    direct, mapped = a_home(tmp_path / "direct"), a_home(tmp_path / "mapped")
    ingest(direct, folder)
    ingest(mapped, source, LoadPlan(mapping))
    assert rows(mapped, "loans") == rows(direct, "loans") and rows(mapped, "users") == rows(direct, "users")
    checked = run("check", "--mapping", tmp_path / "mapping.yml", "--source", source)
    assert checked.exit_code == 0 and "Every figure will be supplied" in checked.output


def test_other_names_are_recognised_and_what_is_unsure_is_said(tmp_path: Path) -> None:
    source = database(tmp_path, OTHER)
    out = tmp_path / "mapping.yml"
    assert run("init", "--source", source, "--out", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    tables = yaml.safe_load(text)["tables"]
    assert {name: table["from"] for name, table in tables.items()} == {"users": "t_member", "products": "t_product", "loans": "标的"}
    assert tables["users"]["columns"] | {"user_id": "id", "registered_at": "reg_time", "status": "state"} == tables["users"]["columns"]
    assert tables["loans"]["columns"] | {"borrower_id": "borrower", "product_id": "product", "amount": "金额"} == tables["loans"]["columns"]
    assert "translate with values: 1 → active, frozen, closed" in text
    assert "# repayments: REQUIRED" in text and "not used: shoe_size" in text
    assert (tmp_path / "mapping.schema.json").is_file()
    again = run("init", "--source", source, "--out", out)
    assert again.exit_code and "free" in str(again.exception) and out.read_text(encoding="utf-8") == text


def test_a_view_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    columns = "1 as user_id, case when random() < 2 then error('broken')::varchar end as user_kind, timestamp '2019-01-01' as registered_at"
    source = database(tmp_path, f"create view users as select {columns}, 'active' as status, timestamp '2019-01-01' as updated_at")
    asked = run("init", "--source", source, "--out", tmp_path / "mapping.yml")
    assert isinstance(asked.exception, InputError)
    assert "broken" in asked.exception.found and "table users" in asked.exception.where
    assert not (tmp_path / "mapping.yml").exists()


def test_what_is_missing_and_which_figures_that_costs(tmp_path: Path) -> None:
    source = database(tmp_path, OTHER)
    out = tmp_path / "mapping.yml"
    run("init", "--source", source, "--out", out)
    checked = run("check", "--mapping", out, "--source", source)
    assert checked.exit_code == 1
    assert "repayments               ✗ required and not mapped" in checked.output
    assert "CN-A2" in checked.output and "needs fees" in checked.output and "needs complaints" in checked.output
    assert "CN-B14" in checked.output and "needs loans.fully_funded_at" in checked.output


def test_a_source_that_is_not_as_the_mapping_says(tmp_path: Path) -> None:
    source = database(tmp_path, "create table charges (n bigint, amount double);")
    out = tmp_path / "mapping.yml"
    columns = {c.name: {"constant": "2019-01-10" if c.type == "time" else 1} for c in load_contract().tables["fees"].columns}
    columns |= {"fee_id": "n", "amount": "amount"}
    out.write_text(yaml.safe_dump({"version": 1, "tables": {"fees": {"from": "charges", "columns": columns}}}), encoding="utf-8")
    checked = run("check", "--mapping", out, "--source", source)
    assert "column amount of type DOUBLE" in checked.output and checked.exit_code == 1
    out.write_text(out.read_text(encoding="utf-8").replace("from: charges", "from: gone"), encoding="utf-8")
    assert "no table or view gone" in run("check", "--mapping", out, "--source", source).output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\ntables: {loan: {from: x, columns: {}}}", "the contract has no such table"),
        ("version: 1\ntables: {loans: {from: x, columns: {sum: y}}}", "the contract has no such column"),
        ("version: 1\ntables: {loans: {columns: {}}}", "exactly one of from and query"),
        ("version: 1\ntables: {loans: {from: x, columns: {amount: {from: a, sql: b}}}}", "exactly one of from, sql, constant and stand_in"),
        ("version: 1\ntimezone: Peking\ntables: {}", "IANA time zone"),
        ("version: 1\ntables: {loans: {from: x, columns: {status: {from: s, values: {yes: repaying}}}}}", "must stand in quotes"),
        ("version: 1\ntables: {loans: {from: x, columns: {loan_id: no}}}", "must stand in quotes: 'no'"),
        ("version: 1\ntables: [", "line 2"),
        ("version: 2\ntables: {}", "version"),
    ],
)
def test_a_mapping_that_is_wrong_names_the_place(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.yml").write_text(text, encoding="utf-8")
    result = run("check", "--mapping", tmp_path / "mapping.yml")
    assert said in str(result.exception) and "mapping.yml" in str(result.exception)


CODES = ["1", "-3", "010", "no", "x: y", ", #x", "a,b", "{", "~", "null", "12:30", "1_0", "0x1f", "'", "\n- a", "", "²"]


@pytest.mark.parametrize("code", CODES)
def test_a_code_or_name_of_the_source_is_drafted_so_that_it_reads_back(code: str, tmp_path: Path) -> None:
    source = database(tmp_path, OTHER.replace("shoe_size", f'"qqq{code}"'))
    with duckdb.connect(str(source)) as connection:
        connection.execute("update t_member set memberType = ?", [code])
    out = tmp_path / "mapping.yml"
    assert run("init", "--source", source, "--out", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    [line] = [line for line in text.splitlines() if line.startswith("      user_kind: ")]
    drafted = line.split("translate with values: ")[1].split(" → ")[0]
    assert load_as_written(f"values: {{{drafted}: individual}}") == {"values": {code: "individual"}}
    [unused] = [line for line in text.splitlines() if "qqq" in line]
    assert load_as_written(f"[{unused.split('not used: ')[1]}]") == [f"qqq{code}"]
    assert read_mapping(out).tables["users"].columns["user_kind"].source == "memberType"


def test_the_schema_is_what_the_records_say() -> None:
    assert PATH.read_text(encoding="utf-8") == schema_text(), "run python -m ingestion.mapping.schema"
    assert set(json.loads(schema_text())["properties"]["tables"]["properties"]) == set(load_contract().tables)

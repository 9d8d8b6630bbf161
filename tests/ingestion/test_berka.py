"""A database that was not made for us: rows in the Berka bank's schema, through the mapping of docs/berka, to figures by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from glassbook.settings import Settings
from ingestion.loading.drift import notes_of
from ingestion.loading.load import LoadPlan, ingest
from ingestion.mapping import read_mapping
from tests.support import homes
from tests.support.built import with_working
from tests.support.postgres import Database, database, postgres
from warehouse.build import run_build

__all__ = ["database", "postgres"]

BERKA = Path(__file__).resolve().parents[2] / "docs" / "berka"
# account and its owner have the same number. 1 pays, 2 never does, 3 pays once and half and then two and a half at once, 4 has no order and
# repays too much, 5 borrows after the copy's transactions end; the client 6 may use account 1 and has no loan.
ROWS = """
insert into account select number, 1, 'POPLATEK MESICNE', 930105 from generate_series(1, 5) as number;
insert into client values
    (1, '450204', 1), (2, '706213', 1), (3, '600101', 1), (4, '110820', 1), (5, '751231', 1), (6, '875927', 1);
insert into disp select number, number, number, 'OWNER' from generate_series(1, 5) as number;
insert into disp values (6, 6, 1, 'DISPONENT');
insert into loan values
    (11, 1, 931111, 105804, 36, 2939.00, 'A'), (12, 2, 930705, 96396, 12, 8033.00, 'B'), (13, 3, 931112, 12000, 12, 1000.00, 'C'),
    (14, 4, 931201, 3000, 3, 1000.00, 'A'), (15, 5, 940331, 5000, 5, 1000.00, 'A');
insert into "order" values
    (1, 1, 'YZ', '87144583', 2938.70, 'UVER'), (2, 1, 'ST', '89597016', 500.00, 'SIPO'), (3, 2, 'QR', '13943797', 8033.20, 'UVER'),
    (4, 3, 'WX', '83084338', 1000.00, 'UVER'), (5, 5, 'CD', '24485939', 1000.00, 'UVER');
insert into trans values
    (101, 1, 931112, 'VYDAJ', 'PREVOD NA UCET', 2938.70, 0, 'UVER', 'YZ', '87144583'),
    (102, 1, 931212, 'VYDAJ', 'PREVOD NA UCET', 2938.70, 0, 'UVER', 'YZ', '87144583'),
    (103, 1, 940112, 'VYDAJ', 'PREVOD NA UCET', 2938.70, 0, 'UVER', 'YZ', '87144583'),
    (104, 1, 940212, 'VYDAJ', 'PREVOD NA UCET', 2938.70, 0, 'UVER', 'YZ', '87144583'),
    (105, 1, 940212, 'VYDAJ', 'PREVOD NA UCET', 500.00, 0, 'SIPO', 'ST', '89597016'),
    (106, 2, 940312, 'VYDAJ', 'PREVOD NA UCET', 8033.20, 0, 'UVER', 'QR', '13943797'),
    (107, 3, 931212, 'VYDAJ', 'PREVOD NA UCET', 1500.00, 0, 'UVER', 'WX', '83084338'),
    (108, 3, 940228, 'VYDAJ', 'PREVOD NA UCET', 1000.00, 0, 'UVER', 'WX', '83084338'),
    (109, 4, 940112, 'VYDAJ', 'PREVOD NA UCET', 3001.50, 0, 'UVER', 'AB', '11111111'),
    (110, 4, 931231, 'PRIJEM', null, 14.20, 0, 'UROK', null, null);
"""
# By hand, as of 1994-02-28. Lent: 105,804 + 96,396 + 12,000 + 3,000. Received: 1 paid 4 × 2,938.70, 2 nothing, 3 2,500, 4 all 3,000 (and
# 1.50 beyond it, which is interest). Overdue: 2 owes its first 8 instalments since 1993-07-12, 231 days; 3 owes half of its third since
# 1994-02-12, 16 days. 3's first fell due a month after its loan, which was granted on a 12th.
FIGURES = {
    "CN-A01": "217200.00",
    "CN-A02": "4",
    "CN-A03": "199945.20",
    "CN-A04": "3",
    "CN-A05": "0.00",
    "CN-A07": "4",
    "CN-A09": "3",
    "CN-A12": None,
    "CN-A14": "64765.60",
    "CN-A15": "2",
    "CN-A16": "96396.00",
    "CN-A17": "1",
    "CN-A20": None,
    "CN-B01": "66.67",
    "CN-B03": "33.33",
    "CN-B05": "33.33",
    "CN-B12": "100.00",
    "CN-B14": None,
    "CN-B16": None,
    "CN-B19": None,
}


@pytest.fixture
def bank(database: Database) -> Database:
    """The bank's tables as docs/berka makes them, with the rows above."""
    for text in ((BERKA / "schema.sql").read_text(encoding="utf-8"), ROWS):
        database.run(*(statement for statement in text.split(";\n") if statement.strip()))
    return database


def test_a_mapping_alone_brings_the_berka_bank_to_its_figures(bank: Database, tmp_path: Path) -> None:
    settings: Settings = homes.home(tmp_path / "home", timezone="Europe/Prague", currency="CZK", country="CZ")
    load = ingest(settings, bank.url, LoadPlan(mapping=read_mapping(BERKA / "berka.yml")))
    assert load.rows_quarantined == 0
    assert "loans: not supplied and stood in for by the mapping: annual_rate, credit_grade" in notes_of(load)
    with with_working(run_build(settings)) as connection:
        found = _figures(connection)
        assert {code: found[code][0] for code in FIGURES} == {
            code: None if value is None else Decimal(value) for code, value in FIGURES.items()
        }
        assert {code for code, (_, _, note) in found.items() if note == "not supplied"} == {
            *("CN-A12", "CN-A13", "CN-A20", "CN-B14", "CN-B16", "CN-B19", "CN-B20", "CN-B21")
        }
        assert found["CN-A14"][1] == "CZK"
        paid = connection.execute("select loan_id, instalment_no, principal, interest from stg_repayments where loan_id > 12 order by all")
        assert [(a, b, str(c), str(d)) for a, b, c, d in paid.fetchall()] == [
            *((13, 1, "1000.00", "0.00"), (13, 2, "500.00", "0.00"), (13, 2, "500.00", "0.00"), (13, 3, "500.00", "0.00")),
            *((14, 1, "1000.00", "0.00"), (14, 2, "1000.00", "0.00"), (14, 3, "1000.00", "1.50")),
        ]
        born = connection.execute(
            "select user_id, gender, birth_date from working.main.stg_users where user_id in (2, 4, 6) order by 1"
        ).fetchall()
        assert born == [(2, "female", date(1970, 12, 13)), (4, "male", date(1911, 8, 20)), (6, "female", date(1987, 9, 27))]
        shown = connection.execute("select annual_rate, credit_grade from rpt_cn_projects_as_of(date '1994-02-28')").fetchall()
        assert shown == [(None, None)] * 3
    assert ingest(settings, bank.url, LoadPlan(mapping=read_mapping(BERKA / "berka.yml"))) == load


def _figures(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[Decimal | None, str, str | None]]:
    """Value, unit and note by code on the day of the figures above."""
    query = "select code, value, unit, note from rpt_cn_figures_as_of(date '1994-02-28')"
    return {code: (value, unit, note) for code, value, unit, note in connection.execute(query).fetchall()}

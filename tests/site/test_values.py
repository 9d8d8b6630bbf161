"""Every value on every page is that of the public file, and reads as it is: taken from the HTML and compared with SQL."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from glassbook.money import round_half_up
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.filing.declare.regime import load_regime
from reports.site.language import Language, load_language
from reports.site.reading.edition import read_edition
from reports.site.shown import writer_for
from tests.support.site_pages import Parsed, Value

Stored = dict[tuple[date, str], tuple[Decimal | None, str, int]]
# What stands for a power of ten in the name of a unit.
POWERS = {"万": 4, "亿": 8, "thousands": 3, "millions": 6}


@pytest.fixture(scope="module")
def stored(small_snapshot: Snapshot) -> Stored:
    """Value, unit and decimals of every stored figure by month end and code."""
    with connect(small_snapshot.public_database) as connection:
        rows = connection.execute("select as_of_on, code, value, unit, decimals from rpt_cn_figures where is_month_end").fetchall()
    assert len(rows) > 500
    return {(day, code): (value, unit, decimals) for day, code, value, unit, decimals in rows}


def power_of(text: str) -> int:
    """How many places the point of amounts is moved on a page, by the name of their unit."""
    return next((power for name, power in POWERS.items() if name in text), 0)


def reads(value: Value, exact: Decimal, unit: str, decimals: int, power: int) -> bool:
    """Whether a value says the exact number and reads as it, rounded half up to the places of its unit."""
    moved = exact.scaleb(-power) if unit == "CNY" else exact
    shown = Decimal(value.shown.replace(",", "").replace("−", "-"))
    return Decimal(value.exact) == exact and shown == round_half_up(moved, 2 if unit == "CNY" else decimals)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_value_of_every_figure_s_page(language: str, small_site: Path, stored: Stored) -> None:
    codes = {code for _, code in stored}
    seen = 0
    for code in codes:
        text = (small_site / language / "figures" / f"{code}.html").read_text(encoding="utf-8")
        rows = by_month(Parsed(text))
        months = {day: held for (day, found), held in stored.items() if found == code}
        assert rows.keys() == months.keys(), code
        _, unit, decimals = next(iter(months.values()))
        caption = re.search(r"<caption>.*?</caption>", text, flags=re.DOTALL)
        assert caption is not None
        power = power_of(caption[0])
        sizes = [abs(v) for v, _, _ in months.values() if v]
        assert (unit == "CNY") == bool(power) or max(sizes, default=Decimal(0)) < 10_000 or min(sizes) < 5
        for day, values in rows.items():
            exact = months[day][0]
            assert (not values) if exact is None else reads(values[0], exact, unit, decimals, power), (code, day)
            seen += len(values)
    assert seen > 500


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_value_of_every_month_s_page(language: str, small_site: Path, stored: Stored) -> None:
    days = {day for day, _ in stored}
    pages = sorted((small_site / language / "months").glob("20*.html"))
    assert len(pages) == len(days) > 12
    for page in pages:
        parsed = Parsed(page.read_text(encoding="utf-8"))
        [day] = [day for day in days if f"{day:%Y-%m}" == page.stem]
        shown = {}
        for links, row in zip(parsed.row_links, parsed.rows, strict=True):
            codes = [found[1] for link in links if (found := re.search(r"figures/(CN-[AB]\d\d)\.html", link))]
            if codes:
                shown[codes[0]] = (row[1][0], row[-1][1])
        expected = {code: held for (found, code), held in stored.items() if found == day}
        assert shown.keys() == expected.keys()
        for code, (values, unit_words) in shown.items():
            exact, unit, decimals = expected[code]
            assert (not values) if exact is None else reads(values[0], exact, unit, decimals, power_of(unit_words)), (day, code)


def test_the_first_page_and_the_list_show_the_newest_month(small_site: Path, stored: Stored) -> None:
    newest = max(day for day, _ in stored)
    page = load_regime("cn").page
    assert page is not None
    for language in ("zh", "en"):
        said = {sentence.code for sentence in page.safety}
        assert len(said) > 3
        for name, codes in (("index.html", page.highlights), ("safety.html", said), ("figures/index.html", {code for _, code in stored})):
            exact = [value.exact for value in Parsed((small_site / language / name).read_text(encoding="utf-8")).values]
            for code in codes:
                value = stored[newest, code][0]
                assert value is None or value in [Decimal(text) for text in exact], (name, code)


def test_data_files_say_what_the_public_file_says(small_site: Path, stored: Stored) -> None:
    with (small_site / "data" / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(date.fromisoformat(row["as_of_on"]), row["code"]): Decimal(row["value"]) if row["value"] else None for row in rows} == {
        key: value for key, (value, _, _) in stored.items()
    }
    for code in {code for _, code in stored}:
        document = json.loads((small_site / "data" / "figures" / f"{code}.json").read_text(encoding="utf-8"))
        found = {date.fromisoformat(v["as_of"]): None if v["value"] is None else Decimal(v["value"]) for v in document["values"]}
        assert found == {day: value for (day, held), (value, _, _) in stored.items() if held == code}
    for day in {day for day, _ in stored}:
        document = json.loads((small_site / "data" / "months" / f"{day:%Y-%m}.json").read_text(encoding="utf-8"))
        found_month = {figure["code"]: None if figure["value"] is None else Decimal(figure["value"]) for figure in document["figures"]}
        assert found_month == {code: value for (held, code), (value, _, _) in stored.items() if held == day}


def test_projects_are_those_of_the_public_file_on_pages_and_in_files(small_site: Path, small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.public_database) as connection:
        rows = connection.execute("select loan_id, amount, outstanding_amount from rpt_cn_public_projects order by loan_id").fetchall()
        columns = [name for name, *_ in connection.execute("describe rpt_cn_public_projects").fetchall()]
    assert len(rows) > 50
    for language in ("zh", "en"):
        shown = []
        pages = sorted(
            (small_site / language / "projects").glob("*.html"), key=lambda path: (path.stem != "index", len(path.stem), path.stem)
        )
        for page in pages:
            for row in Parsed(page.read_text(encoding="utf-8")).rows[1:]:
                values = [value for cell, _ in row for value in cell]
                shown.append((int(row[0][1]), Decimal(values[0].exact), Decimal(values[1].exact)))
        assert shown == rows
    data = (small_site / "data" / "projects.csv").read_text(encoding="utf-8")
    read = list(csv.DictReader(io.StringIO(data)))
    assert [(int(row["loan_id"]), Decimal(row["amount"]), Decimal(row["outstanding_amount"])) for row in read] == rows
    with duckdb.connect() as connection:
        parquet = connection.read_parquet(str(small_site / "data" / "projects.parquet"))
        assert set(parquet.columns) == set(columns) == set(read[0])
        assert parquet.order("loan_id").project("loan_id, amount, outstanding_amount").fetchall() == rows
    dictionary = (small_site / "data" / "projects-dictionary.csv").read_text(encoding="utf-8")
    assert {row["column"] for row in csv.DictReader(io.StringIO(dictionary))} == set(columns)
    index = json.loads((small_site / "data" / "projects-index.json").read_text(encoding="utf-8"))
    assert [row[0] for row in index["rows"]] == [loan for loan, _, _ in rows]


def test_no_amount_on_an_english_page_reads_as_nothing(small_site: Path) -> None:
    seen = 0
    for path in sorted((small_site / "en").rglob("*.html")):
        for value in Parsed(path.read_text(encoding="utf-8")).values:
            if "." in value.exact and Decimal(value.exact):
                assert re.search("[1-9]", value.shown), (path, value)
                seen += 1
    assert seen > 1000


def test_an_amount_has_the_unit_of_its_page_or_one_in_which_it_can_be_read() -> None:
    english, chinese = load_language("en"), load_language("zh")
    assert english.money_unit("CNY", [Decimal(10**9)]).name == "CNY millions"

    def read(language: Language, page: str, *amounts: str) -> list[str]:
        unit = language.fitting(language.money_unit("CNY", [Decimal(page)]), "CNY", map(Decimal, amounts))
        return [f"{language.money(Decimal(amount), unit)} {unit.name}" for amount in amounts]

    assert read(english, "12345678901.23", "12345678901.23") == ["12,345.68 CNY millions"]
    assert read(english, "12345678901.23", "1000000") == ["1.00 CNY millions"]
    assert read(english, "12345678901.23", "999999.99", "0", "85369") == [
        "1,000.00 CNY thousands",
        "0.00 CNY thousands",
        "85.37 CNY thousands",
    ]
    assert read(english, "12345678901.23", "-2475") == ["-2,475.00 CNY"]
    assert read(english, "12345678901.23", "12345678901.23", "4999.99") == ["12,345,678.90 CNY thousands", "5.00 CNY thousands"]
    assert read(english, "12345678901.23", "12345678901.23", "3") == ["12,345,678,901.23 CNY", "3.00 CNY"]
    assert read(english, "20000", "3.50") == ["3.50 CNY"] and read(english, "20000", "0") == ["0.00 CNY thousands"]
    assert read(english, "9000", "0.50") == ["0.50 CNY"]
    assert read(chinese, "12345678901.23", "2475", "3") == ["0.25 万元", "0.00 万元"], "as the forms have it"


def test_kinds_in_a_note_have_each_a_unit_in_which_they_can_be_read(small_home: Settings) -> None:
    edition = read_edition(small_home, current_snapshot(small_home), load_regime("cn"))
    fees = edition.by_code["CN-A20"]
    point = replace(fees.points[-1], note="membership 2475.00; withdrawal 12000000.00")
    read = {code: writer_for(edition, load_language(code), [(fees, Decimal(10**9))]).note(fees, point) for code in ("en", "zh")}
    assert read["en"] == "membership 2,475.00 CNY; withdrawal 12.00 CNY millions"
    assert "0.25 万元" in read["zh"] and "1,200.00 万元" in read["zh"]


def by_month(page: Parsed) -> dict[date, list[Value]]:
    """Per month end of a figure's table the values of the first column behind it."""
    found = {}
    for links, row in zip(page.row_links, page.rows, strict=True):
        months = [held[1] for link in links if (held := re.search(r"months/(\d{4}-\d\d)\.html", link))]
        if months:
            year, month = map(int, months[0].split("-"))
            following = date(year + month // 12, month % 12 + 1, 1)
            found[date.fromordinal(following.toordinal() - 1)] = row[1][0]
    return found

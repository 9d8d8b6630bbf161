"""The pages and files made of public tables say what the public file says, in every month, and say so where there is nothing."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook.money import round_half_up
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.filing.declare.public_page import DataPage, ShownTable
from reports.filing.declare.public_page import PublicPage as DeclaredPage
from reports.filing.declare.regime import load_regime
from reports.site.language import load_language
from reports.site.pages.tables import table_pages
from reports.site.public_data import load_public_data
from reports.site.publishing import frame_of
from reports.site.reading.edition import Edition, read_edition
from reports.site.rendering import render
from tests.support.site_pages import Parsed

LANGUAGES = ("zh", "en")
# Tables about people in numbers only, and only in these columns.
MAY_NAME_PROJECTS = {"rpt_cn_public_projects"}


def declared() -> DeclaredPage:
    """What the regime shows."""
    page = load_regime("cn").page
    assert page is not None and len(page.data_pages) == 4
    return page


@pytest.fixture(scope="module")
def public(small_snapshot: Snapshot) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(small_snapshot.public_database) as connection:
        yield connection


@pytest.fixture(scope="module")
def edition(small_home: Settings) -> Edition:
    return read_edition(small_home, current_snapshot(small_home), load_regime("cn"))


def section_of(text: str, name: str) -> Parsed:
    """The part of a page about one table."""
    return Parsed(text.partition(f'<section id="{name}"')[2].partition("</section>")[0])


def page_of(part: DataPage, day: date) -> str:
    """The name of the page of a month end or of a quarter."""
    return f"{day:%Y}-Q{(day.month + 2) // 3}.html" if "quarter" in part.page_by else f"{day:%Y-%m}.html"


BY_DAY = [(part, table) for part in declared().data_pages if part.page_by for table in part.tables]


@pytest.mark.parametrize(("part", "table"), BY_DAY, ids=lambda given: getattr(given, "file", ""))
def test_every_number_of_every_day_is_on_its_page(
    part: DataPage, table: ShownTable, small_site: Path, public: duckdb.DuckDBPyConnection
) -> None:
    numbers = [name for name in (table.rows, *table.columns) if not name.endswith("_code")]
    days = [day for (day,) in public.execute(f"select distinct {part.page_by} from {table.relation}").fetchall()]
    assert len(days) > 3
    for day in days:
        rows = public.execute(f"select {', '.join(numbers)} from {table.relation} where {part.page_by} = ?", [day]).fetchall()
        expected = Counter(Decimal(value) for row in rows for value in row if value is not None)
        for language in LANGUAGES:
            parsed = section_of((small_site / language / part.key / page_of(part, day)).read_text(encoding="utf-8"), table.file)
            assert Counter(Decimal(value.exact) for value in parsed.values) == expected, (language, day)
            for value in parsed.values:
                exact, shown = Decimal(value.exact), Decimal(value.shown.replace(",", ""))
                assert shown in (round_half_up(exact, 2), round_half_up(exact.scaleb(2), 2)), value


def test_every_month_end_is_within_three_clicks(small_site: Path, public: duckdb.DuckDBPyConnection) -> None:
    ends = [day for (day,) in public.execute("select distinct as_of_on from rpt_cn_figures where is_month_end").fetchall()]
    assert len(ends) > 12
    for language in LANGUAGES:
        first = set(Parsed((small_site / language / "index.html").read_text(encoding="utf-8")).links)
        for part in declared().data_pages:
            assert f"{part.key}/index.html" in first, part.key
        for part in ("overdue", "people"):
            listed = set(Parsed((small_site / language / part / "index.html").read_text(encoding="utf-8")).links)
            assert {f"{day:%Y-%m}.html" for day in ends} <= listed, part


def test_vintages_stand_beside_one_another_at_the_declared_ages(small_site: Path, public: duckdb.DuckDBPyConnection) -> None:
    [part] = [part for part in declared().data_pages if part.key == "vintages"]
    summary = part.tables[0].summary
    assert summary is not None
    rows = public.execute(
        f"select disbursed_quarter_on, book_months, {summary.column} from rpt_cn_public_vintages where list_contains(?, book_months)",
        [list(summary.at)],
    ).fetchall()
    assert len({quarter for quarter, _, _ in rows}) > 2
    text = (small_site / "en" / "vintages" / "index.html").read_text(encoding="utf-8")
    shown = {row[0][1]: [value.exact for cells, _ in row[3:] for value in cells] for row in section_of(text, "vintages").rows[1:]}
    language = load_language("en")
    for quarter in {quarter for quarter, _, _ in rows}:
        expected = [value for of, _, value in sorted(rows) if of == quarter and value is not None]
        assert [Decimal(exact) for exact in shown[language.quarter(quarter)]] == expected, quarter


def test_risk_events_are_all_there_the_newest_first(small_site: Path, public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute(
        "select occurred_on, description from rpt_cn_public_risk_events order by occurred_on desc, disclosed_on desc"
    ).fetchall()
    assert len(rows) > 2
    for code in LANGUAGES:
        text = (small_site / code / "risk-events" / "index.html").read_text(encoding="utf-8")
        told = [(row[0][1], row[2][1]) for row in section_of(text, "risk-events").rows[1:]]
        assert told == [(load_language(code).day(day), description) for day, description in rows]


def test_kinds_of_a_figure_add_up_to_it(small_site: Path, public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute("select code, as_of_on, value from rpt_cn_figure_parts where is_month_end").fetchall()
    assert {code for code, _, _ in rows} >= {"CN-A20", "CN-B19"}
    for code in {code for code, _, _ in rows}:
        for language in LANGUAGES:
            page = Parsed((small_site / language / "figures" / f"{code}-parts.html").read_text(encoding="utf-8"))
            assert Counter(Decimal(value.exact) for value in page.values) == Counter(value for of, _, value in rows if of == code)
            newest = max(day for (day,) in public.execute("select as_of_on from rpt_cn_figures where is_month_end").fetchall())
            figure = (small_site / language / "figures" / f"{code}.html").read_text(encoding="utf-8")
            kinds = Parsed(figure.partition('<h2 id="kinds">')[2].partition("</section>")[0])
            shown = [Decimal(value.exact) for value in kinds.values]
            assert Counter(shown) == Counter(value for of, day, value in rows if (of, day) == (code, newest))


def test_numerators_of_money_have_their_unit_and_cents(small_site: Path) -> None:
    text = (small_site / "en" / "figures" / "CN-B02.html").read_text(encoding="utf-8")
    found = re.findall(
        r'<dt>(Numerator|Denominator)</dt><dd><data value="([\d.]+)">([\d,.]+)</data><span class="unit">&nbsp;CNY</span>', text
    )
    assert [name for name, _, _ in found] == ["Numerator", "Denominator"]
    assert all(re.fullmatch(r"[\d,]+\.\d\d", shown) for _, _, shown in found)
    count = (small_site / "zh" / "figures" / "CN-B01.html").read_text(encoding="utf-8")
    assert re.search(r'<dt>分母</dt><dd><data value="\d+">[\d,]+</data><span class="unit">&nbsp;笔</span>', count)


@pytest.mark.parametrize("table", declared().tables, ids=lambda table: str(table.file))
def test_files_of_a_table_are_the_table(table: Any, small_site: Path, public: duckdb.DuckDBPyConnection) -> None:
    rows = public.execute(f"select * from {table.relation} order by all")
    columns, held = [name for name, *_ in rows.description], rows.fetchall()
    assert held
    with (small_site / "data" / f"{table.file}.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert list(read[0]) == columns and len(read) == len(held)
    with duckdb.connect() as connection:
        stored = connection.read_parquet(str(small_site / "data" / f"{table.file}.parquet"))
        assert stored.columns == columns and stored.fetchall() == held
        types = public.execute(f"select * from {table.relation} limit 0")
        assert [str(kind) for kind in stored.types] == [str(kind) for _, kind, *_ in types.description]
    number = next(name for name in columns if name.endswith(("amount", "_count", "value", "_on")))
    told = [row[number] for row in read]
    assert [Decimal(text) if re.fullmatch(r"-?[\d.]+", text) else date.fromisoformat(text) for text in told] == [
        row[columns.index(number)] for row in held
    ]
    words = load_public_data("cn", "CNY", "元")
    with (small_site / "data" / f"{table.file}-dictionary.csv").open(encoding="utf-8", newline="") as file:
        described = {row["column"]: row for row in csv.DictReader(file)}
    assert list(described) == columns
    assert all(described[name]["title_zh"] == words.columns[name].zh for name in columns)
    assert all(described[name]["codes"] for name in columns if words.columns[name].codes)
    for language in LANGUAGES:
        links = Parsed((small_site / language / "data.html").read_text(encoding="utf-8")).links
        assert {f"../data/{table.file}{ending}" for ending in (".csv", ".parquet", "-dictionary.csv")} <= set(links)


def told_of(edition: Edition, code: str) -> dict[str, str]:
    """The pages of public tables of an edition, as HTML by path."""
    language = load_language(code)
    assets = {name: f"assets/{name}" for name in ("site.css", "search.js", "mark.svg", "verifier.js")}
    frame = frame_of(edition, language, tuple(map(load_language, LANGUAGES)), "", assets)
    return {page.path: render(page, frame).decode() for page in table_pages(edition, language)}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_platform_without_anything_says_so(code: str, edition: Edition) -> None:
    empty = {name: replace(table, rows=(), typed=table.typed.slice(0, 0)) for name, table in edition.tables.items()}
    told = told_of(replace(edition, months=(), tables=empty), code)
    language = load_language(code)
    assert set(told) == {f"{part.key}/index.html" for part in declared().data_pages}
    for part in declared().data_pages:
        assert language.of(part.none_zh, part.none_en) in told[f"{part.key}/index.html"]
        assert "<table" not in told[f"{part.key}/index.html"]


def test_a_platform_of_twenty_days_shows_its_day_and_no_people(edition: Edition) -> None:
    day = date(2018, 1, 20)
    young = {}
    for name, table in edition.tables.items():
        rows: tuple[Any, ...] = ()
        if "is_month_end" in table.typed.column_names and name != "rpt_cn_figure_parts":
            first = table.values("as_of_on")[0]
            rows = tuple((day, False, *row[2:]) for row in table.where(as_of_on=first))
        young[name] = replace(table, rows=rows)
    told = told_of(replace(edition, months=(replace(edition.months[0], day=day, is_month_end=False),), tables=young), "en")
    assert "overdue/2018-01-20.html" in told and "20 January 2018" in told["overdue/index.html"] and "<data" in told["overdue/index.html"]
    assert "people/2018-01-20.html" in told and told["people/index.html"].count("No month of lending is over yet.") == 3
    assert "No quarter of lending is over yet." in told["vintages/index.html"]


def test_a_platform_of_one_month_has_one_page(edition: Edition) -> None:
    told = told_of(replace(edition, months=edition.months[:1]), "zh")
    assert [path for path in told if path.startswith("people/")] == ["people/index.html", f"people/{edition.months[0].name}.html"]
    assert "<svg" in told["overdue/index.html"]


def test_no_page_of_a_table_is_large_and_none_names_a_parameter(small_site: Path) -> None:
    pages = [path for part in declared().data_pages for path in small_site.glob(f"*/{part.key}/*.html")]
    assert len(pages) > 50 and max(path.stat().st_size for path in pages) < 100_000
    for path in (small_site / "zh" / "figures").glob("*.html"):
        assert "参数" not in path.read_text(encoding="utf-8"), path


def test_no_name_or_number_of_a_person_is_anywhere(small_site: Path) -> None:
    for name in {table.file for table in declared().tables if table.relation not in MAY_NAME_PROJECTS}:
        header = (small_site / "data" / f"{name}.csv").read_text(encoding="utf-8").partition("\n")[0]
        assert not re.search(r"user_id|name|phone|id_number|email|loan_id", header), name
    files = [path for path in small_site.rglob("*") if path.suffix in (".html", ".csv", ".json")]
    assert len(files) > 200
    for path in files:
        text = re.sub(r"[0-9a-f]{12,}|d=\"[^\"]*\"", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"(?<![\d.,])1[3-9]\d{9}(?![\d.])|(?<!\d)\d{17}[\dX](?!\d)", text), path

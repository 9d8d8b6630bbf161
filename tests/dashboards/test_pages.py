"""Every page runs on a really built home, says which snapshot it read, and prints what the warehouse holds."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards.components import wording
from dashboards.components.presenting import number, shown
from dashboards.components.tables import both
from dashboards.components.wording import unit
from dashboards.marketing import cost_details as _cost_details
from glassbook.catalogue import MONEY
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from reports.present.units import wan

PAGES = ("executive", "marketing")


def run_page(name: str) -> AppTest:
    """The page after one run."""
    st.cache_data.clear()
    return AppTest.from_string(f"from dashboards.{name}.page import show\nshow()", default_timeout=120).run()


def html(page: AppTest) -> str:
    """All markup of the page in one text."""
    return "\n".join(str(element.proto.body) for element in page.get("html"))


@pytest.fixture
def served(small_home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The built home is the one that pages read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(small_home.home))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_snapshot_without_an_error(name: str, served: None, small_snapshot: Snapshot) -> None:
    page = run_page(name)
    assert not page.exception
    assert small_snapshot.snapshot_id in html(page)
    assert "¤" not in html(page) and "元）" in html(page) and re.search(r"\bCNY\b", html(page))


def test_amounts_are_told_in_the_currency_of_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_currency", lambda: "CZK")
    said = '<span class="gb-zh">额</span><wbr><span class="gb-zh">（万CZK）</span> <span class="gb-en" lang="en">due, CZK\xa010,000</span>'
    assert (both("额（万¤）", "due, ¤ 10,000"), unit("CZK")) == (said, ("万CZK", "CZK 10,000"))
    assert shown(Decimal(123_456), "CZK", 2) == shown(Decimal(123_456), MONEY, 2) == "12.35"
    assert shown(Decimal(123_456), "CNY", 2) == "123,456.00"


@pytest.mark.parametrize("name", PAGES)
def test_every_month_can_be_chosen(name: str, served: None) -> None:
    page = run_page(name)
    page.selectbox[0].select_index(len(page.selectbox[0].options) - 1).run()
    assert not page.exception


@pytest.mark.parametrize("name", PAGES)
def test_without_a_snapshot_a_page_says_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(tmp_path / "empty"))
    page = run_page(name)
    assert not page.exception
    assert "glassbook demo" in page.info[0].value


def test_the_executive_page_prints_the_stored_figure(served: None, small_snapshot: Snapshot) -> None:
    query = "select value from rpt_operations_figures where code = 'OP-A01' order by as_of_on desc limit 1"
    with connect(small_snapshot.database) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    assert wan(row[0]) in html(run_page("executive"))


def test_the_executive_page_shows_people_by_segment(served: None, small_snapshot: Snapshot) -> None:
    query = "select value from rpt_operations_segments where code = 'OP-G03' and segment_kind = 'grade' and segment_id = 'A' "
    query += "order by as_of_on desc limit 1"
    with connect(small_snapshot.database) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None and row[0] > 0
    [people] = [text for text in html(run_page("executive")).split("<table") if text.count("active in 30") == 2]
    assert f">{row[0]:,.0f}<" in people


def test_the_marketing_page_shows_costs_by_keyword_and_by_branch_with_what_nobody_tells(served: None, small_snapshot: Snapshot) -> None:
    page = run_page("marketing")
    months = "select detail, cost_amount from fct_cost_details_monthly where month_on = ? and detail_kind = ? and campaign_code = 'none' "
    tables = html(page).split("<table")
    for kind, name, channel in (("keyword", "关键词", "paid_search"), ("branch", "门店", "sms")):
        with connect(small_snapshot.database) as connection:
            lines = connection.execute(f"{months} and channel = ?", [page.selectbox[0].value, kind, channel]).fetchall()
        assert len(lines) > 5
        [shown] = [text for text in tables if f'<span class="gb-zh">{name}</span>' in text]
        assert [detail for detail, amount in lines if f">{number(amount, 2)}<" not in shown] == []
        assert "未提供" in shown and "not_supplied" not in shown


def test_the_marketing_page_says_of_details_that_nobody_supplies_them(served: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cost_details, "rows", lambda *_: [])
    page = run_page("marketing")
    assert not page.exception
    assert [caption.value for caption in page.caption].count("未提供。 Not supplied.") == len(_cost_details.KINDS)

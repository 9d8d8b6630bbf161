"""A platform of the required tables alone, in yen: site and filing name its currency, and say what it does not supply."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import xmlschema

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.filing.acts.writing import write_filing
from reports.filing.declare.regime import load_regime
from reports.site.public_data import load_public_data
from reports.site.publishing import publish_site
from tests.support.bare_home import CURRENCY
from tests.support.site_pages import broken_links

# The first character of yen in Chinese tells its unit from that of the home regime.
OF_HOME = re.compile(r"\bCNY\b|(?<!日)元|人民币|¤")


@pytest.fixture(scope="module")
def site(bare_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public site of that platform."""
    return publish_site(bare_home, tmp_path_factory.mktemp("bare") / "site").page.parent


@pytest.fixture(scope="module")
def package(bare_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its filing of June."""
    return write_filing(bare_home, "cn", "2019-06", tmp_path_factory.mktemp("bare") / "package").folder


def test_the_site_names_the_currency_of_the_platform_alone(site: Path) -> None:
    assert broken_links(site) == []
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*") if path.suffix in (".html", ".csv", ".json")}
    assert len(texts) > 100
    found = {str(path.relative_to(site)): words for path, text in texts.items() if (words := OF_HOME.findall(text))}
    # A law's own limits are in its own currency; no page of figures has them.
    assert found == {"zh/data.html": ["元"]}, "the second half of 单元格, a cell"
    overview = {code: (site / code / "overdue" / "index.html").read_text(encoding="utf-8") for code in ("zh", "en")}
    assert "（日元）" in overview["zh"] and f"({CURRENCY})" in overview["en"]


def test_a_table_that_is_not_supplied_is_not_told_as_nothing(site: Path) -> None:
    told = {"zh": ("没有公开过", "未提供：平台没有提供"), "en": ("has made no major risk event public", "Not supplied: the platform gives")}
    for code, (nothing, missing) in told.items():
        text = (site / code / "risk-events" / "index.html").read_text(encoding="utf-8")
        assert missing in text and nothing not in text
    listed = (site / "en" / "data.html").read_text(encoding="utf-8")
    assert re.findall(r"<li>([^<]+) <span class=\"quiet\">not supplied</span>", listed) == ["Major risk events"]


def test_the_public_file_says_of_all_that_a_page_needs_whether_it_is_supplied(bare_home: Settings, small_snapshot: Snapshot) -> None:
    page = load_regime("cn").page
    assert page is not None
    needed = {name for table in page.tables for name in table.needs}
    for snapshot, is_supplied in ((current_snapshot(bare_home), False), (small_snapshot, True)):
        with connect(snapshot.public_database) as connection:
            found = connection.execute("select supply_name, is_supplied from ctl_supplied").fetchall()
        assert dict(found) == dict.fromkeys(needed, is_supplied) != {}


def test_the_filing_names_the_currency_of_the_platform_and_stays_valid(package: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in package.iterdir() if path.suffix in (".csv", ".xml", ".json")}
    lines = [line for name, text in texts.items() if name != "checks.json" for line in text.splitlines() if OF_HOME.search(line)]
    # What is left are the rules of checks, which quote a limit of the law.
    assert lines and all(re.search("20万元|100万元|不足1元", line) for line in lines)
    assert f"借款金额（{CURRENCY}）" in texts["表D-项目信息.csv"] and f"Amount ({CURRENCY})" in texts["表A20-收费情况.csv"]
    [xml] = package.glob("*.xml")
    assert xmlschema.XMLSchema11(package / "filing.xsd").is_valid(str(xml))
    assert f'unit="{CURRENCY}"' in texts[xml.name]


def test_words_of_the_regime_name_the_currency_that_they_are_asked_in() -> None:
    regime, data = load_regime("cn").said_in("CZK"), load_public_data("cn", "CZK", "捷克克朗")
    found = OF_HOME.findall(regime.model_dump_json())
    assert regime.edit_form is not None and found == ["元"], "a limit of the law, in its own unit"
    assert regime.edit_form.phrases["owes {a}, the limit is {b}"] == "待还{a}CZK，限额为{b}元"
    assert OF_HOME.findall(data.model_dump_json()) == []
    assert (data.columns["amount"].zh, data.columns["amount"].en) == ("借款金额（捷克克朗）", "principal disbursed (CZK)")
    band = data.codes["size_band"]["up_to_10000"]
    assert (band.zh, band.en) == ("1万捷克克朗及以下", "up to CZK 10,000")
    home = load_regime("cn").said_in("CNY")
    assert home.breakdowns[0].columns[2].title_zh == "金额（元）" and home.breakdowns[0].columns[2].title_en == "Amount (CNY)"

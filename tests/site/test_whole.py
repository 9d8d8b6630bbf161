"""The site as a whole: links have targets, pages make no requests, other libraries can read feeds, everything is within its budget."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from reports.filing.declare.regime import load_regime
from reports.site.feed import sitemap_file
from reports.site.language import load_language
from reports.site.policy import POLICY
from reports.site.reading.edition import read_edition
from tests.support.personal_texts import personal_texts
from tests.support.site_pages import broken_links, pages

ATOM = "{http://www.w3.org/2005/Atom}"
BUDGET = 100_000


def test_every_link_leads_to_a_page_of_the_site(small_site: Path) -> None:
    assert broken_links(small_site) == []


def test_no_page_names_another_host_or_has_script_or_style_within_it(small_site: Path) -> None:
    looked_at = 0
    for path, _ in pages(small_site):
        text = path.read_text(encoding="utf-8")
        looked_at += 1
        assert not re.search(r"""(href|src|action|data-\w+)=["'](\w+:)?//""", text), path
        assert not re.search(r"<style|style=|<script(?! defer src=| type=\"module\" src=)| on\w+=|javascript:", text), path
        assert f'content="{POLICY}"'.replace("'", "&#39;") in text, path
    assert looked_at > 100


def test_no_personal_text_of_the_source_is_in_any_file(small_home: Settings, small_site: Path) -> None:
    told = personal_texts(small_home, shortest=3)
    assert len(told) > 1000
    texts = {}
    for path in (found for found in small_site.rglob("*") if found.is_file()):
        name = str(path.relative_to(small_site))
        if path.suffix == ".parquet":
            texts[name] = "\n".join(map(str, pl.read_parquet(path).rows()))
        elif path.suffix != ".png":
            texts[name] = path.read_text(encoding="utf-8")
    held = pl.DataFrame({"name": list(texts), "text": list(texts.values())})
    assert len(texts) > 300 and any(name.endswith(".parquet") for name in texts)
    assert held.filter(pl.col("text").str.contains_any(told))["name"].to_list() == []
    # The search finds what is there.
    assert held.select(pl.lit(f"<td>{told[7]}</td>").str.contains_any(told)).item()


def test_a_page_with_all_that_it_asks_for_is_small_over_the_wire(small_site: Path) -> None:
    assets = {path: len(gzip.compress(path.read_bytes())) for path in (small_site / "assets").rglob("*") if path.is_file()}
    shared = sum(assets.values())
    sizes = {path: len(gzip.compress(path.read_bytes())) + shared for path, _ in pages(small_site)}
    assert len(sizes) > 100 and max(sizes.values()) < BUDGET


def test_both_languages_have_the_same_pages_with_the_same_values(small_site: Path) -> None:
    found = {
        language: {
            str(path.relative_to(small_site / language)): [value.exact for value in page.values]
            for path, page in pages(small_site)
            if path.is_relative_to(small_site / language)
        }
        for language in ("zh", "en")
    }
    assert len(found["zh"]) > 50 and found["zh"] == found["en"]


def test_a_page_is_in_one_language(small_site: Path) -> None:
    """An English page has Chinese only where it is marked: names, laws, and what people of the platform wrote."""
    looked_at = 0
    for path, _ in pages(small_site):
        if path.is_relative_to(small_site / "en"):
            text = re.sub(r"<!doctype.*?</head>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            text = re.sub(r'<(\w+)[^>]* lang="zh-Hans"[^>]*>.*?</\1>', "", text, flags=re.DOTALL)
            text = re.sub(r' (data-label|aria-label)="[^"]*"', "", text)
            assert not re.search(r"[\u4e00-\u9fff]", text), (path, re.findall(r".{20}[\u4e00-\u9fff]+", text)[:3])
            looked_at += 1
    assert looked_at > 50


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_feed_is_atom(language: str, small_site: Path) -> None:
    root = ElementTree.parse(small_site / language / "feed.xml").getroot()
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert root.find(f"{ATOM}{name}") is not None, name


def test_a_sitemap_names_every_page_once_the_address_is_known(small_home: Settings, small_site: Path) -> None:
    assert not (small_site / "sitemap.xml").exists()
    settings = small_home.model_copy(update={"site_address": "https://books.example"})
    edition = read_edition(settings, current_snapshot(settings), load_regime("cn"))
    paths = [str(path.relative_to(small_site)) for path, _ in pages(small_site) if path.parent != small_site]
    [(name, content)] = sitemap_file(edition, [load_language("zh")], paths, "")
    found = [element.text for element in ElementTree.fromstring(content).iter() if element.tag.endswith("loc")]
    assert name == "sitemap.xml" and found == [f"https://books.example/{path}" for path in paths]


def test_headers_for_static_hosts_say_what_pages_say(small_site: Path) -> None:
    text = (small_site / "_headers").read_text(encoding="utf-8")
    assert f"Content-Security-Policy: {POLICY}; frame-ancestors 'none'" in text
    assert "/assets/*" in text and "immutable" in text

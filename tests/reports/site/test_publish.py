"""The public site of an invented regime: determinism, what it shows, what it must not hold, and an atomic swap."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from glassbook.calendar import month_before, year_before
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.filing.acts.writing import write_filing
from reports.present.units import wan
from reports.site.publishing import publish_site
from tests.reports.filing.test_filing_life import submitted
from tests.support.site_pages import Parsed, broken_links


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_same_snapshot_same_bytes(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    first = publish_site(settings, tmp_path / "one")
    assert first.page == tmp_path / "one" / "index.html" and first.written_count == first.files_count > 100
    publish_site(settings, tmp_path / "two")
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "two").rglob("*") if path.is_file()}
    assert publish_site(settings, tmp_path / "two").written_count == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "two").rglob("*") if path.is_file()} == made
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert {path.name for path in (tmp_path / "one" / "zh").iterdir() if path.is_dir()} == {"figures", "months", "filings", "projects"}, (
        "a regime that declares no tables has no pages of them"
    )


def test_the_first_page_shows_month_snapshot_and_seal(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    site = publish_site(settings, tmp_path / "site", filing_seal="ab" * 32).page.parent
    first, data = ((site / "zh" / name).read_text(encoding="utf-8") for name in ("index.html", "data.html"))
    [document] = site.glob("toy-figures-*.json")
    assert hashlib.sha256(document.read_bytes()).hexdigest() in data and document.name in data
    for part in ("2019年12月", "s-0001", "4.72", "累计金额", "=明账&amp;示例"):
        assert part in first, part
    assert "s-0001" in data and "ab" * 32 in data
    figure = (site / "zh" / "figures" / "TOY-A04.html").read_text(encoding="utf-8")
    assert "违约金 0.00 万元" in figure or "违约金 12.50 元" in figure
    assert "—" in (site / "zh" / "figures" / "TOY-B02.html").read_text(encoding="utf-8")
    definition = (site / "en" / "figures" / "TOY-B01.html").read_text(encoding="utf-8")
    assert "what TOY-B01 means" in definition and "的定义" not in definition, "one language a page"


def test_each_figure_stands_beside_the_month_before_and_a_year_ago(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path
) -> None:
    stored = "update rpt_toy_figures set value = {} where code = 'TOY-A02' and as_of_on = date '{}';"
    publish_snapshot(also=stored.format("1234", "2019-11-30") + stored.format("77", "2018-12-31") + stored.format("99", "2018-12-01"))
    publish_site(settings, tmp_path / "site")
    text = (tmp_path / "site" / "en" / "figures" / "index.html").read_text(encoding="utf-8")
    row = next(part for part in text.split("<tr") if "TOY-A02 in English" in part)
    shown = re.findall(r"<data value=\"[^\"]*\">([\d,]+)</data>", row)
    assert shown[1:] == ["1,234", "77"] and shown[0] not in shown[1:]


def test_the_newest_document_is_the_filing_s(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    publish_site(settings, tmp_path / "site")
    filing = write_filing(settings, "toy", "2019-12", tmp_path / "filing")
    for kind in ("json", "csv"):
        [published] = (tmp_path / "site").glob(f"toy-figures-*.{kind}")
        assert published.read_bytes() == (filing.folder / f"figures.{kind}").read_bytes()
    document = json.loads(next((tmp_path / "site").glob("toy-figures-*.json")).read_text(encoding="utf-8"))
    assert document["as_of"] == "2019-12-31" and len(document["figures"]) == 6


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_pages_ask_nothing_of_anyone_and_are_accessible(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    site = publish_site(settings, tmp_path / "site").page.parent
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 60 and broken_links(site) == []
    for page in pages:
        parser = _Elements()
        text = page.read_text(encoding="utf-8")
        parser.feed(text)
        tags = [tag for tag, _ in parser.found]
        assert not set(tags) & {"iframe", "object", "embed", "img", "style"}, page
        # The verifier's form sends nothing: the policy has no address for one, and files stay on the machine.
        assert tags.count("form") == (page.name == "check.html"), page
        for tag, attributes in parser.found:
            for name, value in attributes.items():
                assert not name.startswith("on") and name != "style", (page, tag, name)
                if name in ("href", "src", "xlink:href"):
                    assert value and not re.match(r"(\w+:)?//", value), (page, tag, value)
        assert tags.count("h1") == 1 and tags.count("main") == 1 and tags.count("title") == 1, page
        levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), (page, levels)
        pictures = [attributes for tag, attributes in parser.found if tag == "svg" and attributes.get("role") == "img"]
        assert all(picture["aria-label"] for picture in pictures)
        assert len(text.encode()) < 100_000, "uncompressed even"
    style = next((site / "assets").glob("site.*.css")).read_text(encoding="utf-8")
    assert not re.search(r"@import|url\(", style)


def test_only_the_public_file_is_read(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    snapshot.folder.chmod(0o755)
    snapshot.database.unlink()
    assert publish_site(settings, tmp_path / "site").page.is_file()


def test_a_platform_younger_than_a_month_is_no_month(settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path) -> None:
    publish_snapshot(
        also="delete from rpt_toy_figures where as_of_on > '2017-11-30'; "
        "update rpt_toy_figures set as_of_on = date '2017-11-20', is_month_end = false"
    )
    site = publish_site(settings, tmp_path / "site").page.parent
    text = (site / "zh" / "index.html").read_text(encoding="utf-8")
    assert "2017年11月1日至2017年11月20日，当月未满" in text
    assert "上月" not in text and "去年同期" not in text, "there is nothing to compare it with"
    assert "2017年11月<" not in text, "it is not called a month"
    assert (site / "zh" / "months" / "2017-11-20.html").is_file()


def test_an_empty_platform_says_so(settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path) -> None:
    publish_snapshot(also="delete from rpt_toy_figures")
    site = publish_site(settings, tmp_path / "site").page.parent
    assert "尚未放出任何借款" in (site / "zh" / "index.html").read_text(encoding="utf-8")
    first = (site / "en" / "index.html").read_text(encoding="utf-8")
    assert "No loan has been made yet." in first and "No filing has been opened yet." in first and "list of filings" not in first
    assert "nothing to disclose" not in first, "a filing is due of a month without loans too"
    assert broken_links(site) == []


def test_what_a_platform_without_loans_filed_is_told(
    desk: Callable[..., Result], settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path
) -> None:
    """The filing has figures, which are computed for any day; the public file has none."""
    publish_snapshot(also="delete from rpt_toy_figures")
    submitted(desk)
    site = publish_site(settings, tmp_path / "site").page.parent
    assert broken_links(site) == [] and (site / "data" / "filings" / "toy-2019-12" / "v1" / "figures.json").is_file()
    for language, state, told in (
        ("en", "submitted", "can be downloaded from the list of filings"),
        ("zh", "已报送", "可在报送列表中下载"),
    ):
        first = (site / language / "index.html").read_text(encoding="utf-8")
        assert f"<b>{state}</b>" in first and 'href="filings/index.html#toy-2019-12-v1"' in first
        for name in ("index", "figures/index"):
            assert told in (site / language / f"{name}.html").read_text(encoding="utf-8"), name
        assert 'href="2019-12.html"' in (site / language / "months" / "index.html").read_text(encoding="utf-8")
        assert 'href="../months/2019-12.html"' in (site / language / "filings" / "index.html").read_text(encoding="utf-8")
        month = (site / language / "months" / "2019-12.html").read_text(encoding="utf-8")
        filed = json.loads((site / "data" / "filings" / "toy-2019-12" / "v1" / "figures.json").read_text(encoding="utf-8"))["figures"]
        exact = [Decimal(figure["value"]) for figure in filed if figure["value"] is not None]
        assert len(exact) > 3 and [Decimal(value.exact) for value in Parsed(month).values] == exact


def test_only_what_changed_is_written_again_and_old_addresses_stay(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path
) -> None:
    publish_snapshot("s-1")
    site = publish_site(settings, tmp_path / "site").page.parent
    before = files(site)
    publish_snapshot("s-2", also="update rpt_toy_figures set value = value + 1 where code = 'TOY-A02' and as_of_on = '2019-12-31'")
    publish_site(settings, site)
    after = files(site)
    assert before.keys() <= after.keys(), "addresses of the last publication are still there"
    changed = {name for name in after if before.get(name) != after[name]}
    expected = {"data/figures/TOY-A02.csv", "zh/figures/TOY-A02.html", "zh/months/2019-12.html", "en/index.html", "data/figures.csv"}
    assert expected <= changed
    assert not {name for name in changed if "TOY-A01" in name or "2019-11" in name or name.startswith("assets/")}, changed


def test_stopped_before_the_page_leaves_the_old_page(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_snapshot("s-1")
    page = publish_site(settings, tmp_path / "site").page.parent / "zh" / "index.html"
    before = page.read_bytes()
    publish_snapshot("s-2", also="update rpt_toy_figures set value = value + 1 where code = 'TOY-A02'")

    def stop(point: str) -> None:
        if point == "publish_before_page":
            raise KeyboardInterrupt

    monkeypatch.setattr("reports.site.writing.checkpoint", stop)
    with pytest.raises(KeyboardInterrupt):
        publish_site(settings, tmp_path / "site")
    assert page.read_bytes() == before


def test_leftovers_of_a_killed_run_are_cleared(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (site / f".index.html.{ended.pid}.partial").write_bytes(b"<html")
    (site / f".index.html.{os.getppid()}.partial").write_bytes(b"<html")
    publish_site(settings, site)
    assert [path.name for path in site.glob(".*")] == [f".index.html.{os.getppid()}.partial"], "that of a live run stays"


def test_amounts_are_in_wan_rounded_half_up() -> None:
    assert wan(Decimal("12345678.90000000")) == "1,234.57"
    assert wan(Decimal("50.00")) == "0.01" and wan(Decimal("49.99")) == "0.00"
    assert wan(Decimal("-150.00")) == "-0.02" and wan(None) == "—"


def test_days_compared() -> None:
    assert month_before(date(2020, 3, 31)) == date(2020, 2, 29)
    assert year_before(date(2020, 2, 29)) == date(2019, 2, 28)
    assert year_before(date(2021, 2, 28)) == date(2020, 2, 29)
    assert year_before(date(2019, 12, 31)) == date(2018, 12, 31)


@pytest.mark.parametrize("name", ["site"])
def test_a_file_in_the_way_is_refused(settings: Settings, snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    from glassbook.errors import InputError

    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match="folder or a free name"):
        publish_site(settings, tmp_path / name)

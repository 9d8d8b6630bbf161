"""The public page: determinism, what it shows, what it must not hold, and a swap that visitors never see half done."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.engine.filing import write_filing
from reports.page import month_before, wan, year_before
from reports.publish import publish_site


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_same_snapshot_same_bytes(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    page = publish_site(settings, tmp_path / "one").page
    assert page == tmp_path / "one" / "index.html"
    publish_site(settings, tmp_path / "two")
    publish_site(settings, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert len(files(tmp_path / "one")) == 3


def test_page_shows_month_snapshot_and_seal(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    text = publish_site(settings, tmp_path / "site", filing_seal="ab" * 32).page.read_text(encoding="utf-8")
    data = next((tmp_path / "site").glob("*.json"))
    assert hashlib.sha256(data.read_bytes()).hexdigest() in text and data.name in text
    for part in ("2019年12月", "s-0001", "ab" * 32, "累计金额的定义", "what TOY-B01 means", "4.72", "2018-12", "—"):
        assert part in text, part
    assert text.index("累计金额") < text.index("TOY-A01 in English"), "Chinese comes first"
    assert "违约金 0.00 万元" in text and "=明账&amp;示例" in text


def test_each_figure_stands_beside_the_month_before_and_a_year_ago(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path
) -> None:
    stored = "update rpt_toy_figures set value = {} where code = 'TOY-A02' and as_of_on = date '{}';"
    publish_snapshot(also=stored.format("1234", "2019-11-30") + stored.format("77", "2018-12-31") + stored.format("99", "2018-12-01"))
    text = publish_site(settings, tmp_path / "site").page.read_text(encoding="utf-8")
    row = next(part for part in text.split("<tr") if "TOY-A02 in English" in part)
    shown = re.findall(r"<td[^>]*>\s*([\d,]+)\s*</td>", row)
    assert shown[1:] == ["1,234", "77"] and shown[0] not in shown[1:]


def test_page_data_is_the_filing_s(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    publish_site(settings, tmp_path / "site")
    filing = write_filing(settings, "toy", "2019-12", tmp_path / "filing")
    for kind in ("json", "csv"):
        published = next((tmp_path / "site").glob(f"*.{kind}"))
        assert published.read_bytes() == (filing.folder / f"figures.{kind}").read_bytes()


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_page_asks_nothing_of_anyone_and_is_accessible(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    text = publish_site(settings, tmp_path / "site").page.read_text(encoding="utf-8")
    parser = _Elements()
    parser.feed(text)
    tags = [tag for tag, _ in parser.found]
    assert not set(tags) & {"script", "iframe", "object", "embed", "form", "img"}
    for tag, attributes in parser.found:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "xlink:href"):
                assert value and not re.match(r"(https?:)?//", value), (tag, value)
    assert not re.search(r"@import|url\(", text)
    assert ("html", {"lang": "zh-Hans"}) in parser.found and tags.count("h1") == 1
    pictures = [attributes for tag, attributes in parser.found if tag == "svg" and attributes.get("role") == "img"]
    assert len(pictures) == 2 and all(picture["aria-label"] for picture in pictures)
    anchors = {attributes["id"] for _, attributes in parser.found if attributes.get("id")}
    assert {a["href"] for t, a in parser.found if t == "a" and (a["href"] or "").startswith("#")} <= {f"#{i}" for i in anchors}
    assert len(text.encode()) < 200_000


def test_only_the_public_file_is_read(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    snapshot.folder.chmod(0o755)
    snapshot.database.unlink()
    assert publish_site(settings, tmp_path / "site").page.is_file()


def test_platform_younger_than_a_month(settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path) -> None:
    publish_snapshot(
        also="delete from rpt_toy_figures where as_of_on > '2017-11-30'; "
        "update rpt_toy_figures set as_of_on = date '2017-11-20', is_month_end = false"
    )
    assert "2017-11-20" in publish_site(settings, tmp_path / "site").page.read_text(encoding="utf-8")


def test_stopped_before_the_page_leaves_the_old_page(
    settings: Settings, toy: object, publish_snapshot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_snapshot("s-1")
    page = publish_site(settings, tmp_path / "site").page
    before = page.read_bytes()
    publish_snapshot("s-2", also="update rpt_toy_figures set value = value + 1 where code = 'TOY-A02'")

    def stop(point: str) -> None:
        if point == "publish_before_page":
            raise KeyboardInterrupt

    monkeypatch.setattr("reports.publish.checkpoint", stop)
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


def test_stored_json_is_public(settings: Settings, snapshot: Snapshot, tmp_path: Path) -> None:
    publish_site(settings, tmp_path / "site")
    document = json.loads(next((tmp_path / "site").glob("*.json")).read_text(encoding="utf-8"))
    assert document["as_of"] == "2019-12-31" and len(document["figures"]) == 6


@pytest.mark.parametrize("name", ["site"])
def test_a_file_in_the_way_is_refused(settings: Settings, snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    from glassbook.errors import InputError

    (tmp_path / name).write_text("mine")
    with pytest.raises(InputError, match="folder or a free name"):
        publish_site(settings, tmp_path / name)

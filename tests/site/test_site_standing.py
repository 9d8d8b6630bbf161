"""What a reader must know besides the figures: loads that wait, a build that failed, old data, a filing that is late or a draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from reports.filing.declare.regime import load_regime
from reports.site.language import Language, load_language
from reports.site.publishing import edition_files, frame_of, pages_of
from reports.site.reading.edition import Edition, read_edition
from reports.site.reading.filings import FiledVersion
from reports.site.rendering import render
from tests.support import homes
from tests.support.site_pages import Parsed, broken_links
from tests.support.standing import let_wait_and_fail, open_a_draft

ASSETS = {name: f"assets/{name}" for name in ("site.css", "search.js", "mark.svg")}


@pytest.fixture
def copy(small_home: Settings, tmp_path: Path) -> Settings:
    """A home that a test may change."""
    return homes.copied(small_home, tmp_path / "home")


def edition_of(settings: Settings) -> Edition:
    """What would be published of a home."""
    return read_edition(settings, current_snapshot(settings), load_regime("cn"))


def english() -> Language:
    """The language in which a test reads pages."""
    return load_language("en")


def first_page(edition: Edition, code: str = "en") -> str:
    """The first page of an edition in a language."""
    language = load_language(code)
    frame = frame_of(edition, language, (load_language("zh"), load_language("en")), "", ASSETS)
    return render(next(pages_of(edition, language)), frame).decode()


def test_fresh_data_is_called_fresh_and_old_data_is_not(small_home: Settings) -> None:
    fresh = small_home.model_copy(update={"clock_now": datetime(2019, 4, 1, 2, tzinfo=UTC)})
    old = small_home.model_copy(update={"clock_now": datetime(2019, 4, 9, 2, tzinfo=UTC)})
    assert "<b>fresh</b>" in first_page(edition_of(fresh)) and "not up to date" not in first_page(edition_of(fresh))
    assert "not up to date" in first_page(edition_of(old))
    assert "The last day with data was 9 days before this was published." in first_page(edition_of(old))
    assert "不是最新" in first_page(edition_of(old), "zh") and "早9天" in first_page(edition_of(old), "zh")


def test_waiting_loads_and_a_failed_build_are_told(copy: Settings) -> None:
    copy = copy.model_copy(update={"clock_now": datetime(2019, 4, 1, 2, tzinfo=UTC)})
    assert edition_of(copy).standing.is_fresh
    let_wait_and_fail(copy)
    edition = edition_of(copy)
    assert not edition.standing.is_fresh
    for code, waiting, failed in (
        ("zh", "另有1次载入", "最近一次构建"),
        ("en", "1 load(s), the newest of 2030-01-01", "the last build, begun at"),
    ):
        text = first_page(edition, code)
        assert waiting in text and failed in text
        assert "perhaps" not in text, "what an error quotes is for whoever runs the home"


def test_a_draft_is_told_and_shown_as_filed_nowhere(copy: Settings) -> None:
    open_a_draft(copy, "2019-03")
    edition = edition_of(copy)
    [version] = edition.versions
    assert not version.has_left and version.values == {} and version.files == {}
    text = first_page(edition)
    assert "<b>draft</b>" in text and "cn-2019-03, version 1" in text and "Not with the regulator yet" in text
    assert "草稿" in first_page(edition, "zh")


def test_the_next_disclosure_and_what_is_late_are_told(copy: Settings) -> None:
    later = copy.model_copy(update={"clock_now": datetime(2019, 4, 20, 2, tzinfo=UTC), "filings_since": date(2019, 3, 1)})
    standing = edition_of(later).standing
    assert [deadline.subject for deadline in standing.late] == ["2019-03"] and standing.next_due is not None
    assert standing.next_due.subject == "2019-04"
    text = first_page(edition_of(later))
    assert "Late: Filing cn 2019-03, due on 8 April 2019" in text and "Filing cn 2019-04" in text


def test_of_many_late_filings_the_oldest_is_named_and_the_others_counted(copy: Settings) -> None:
    later = copy.model_copy(update={"clock_now": datetime(2019, 7, 20, 2, tzinfo=UTC), "filings_since": date(2019, 3, 1)})
    late = edition_of(later).standing.late
    assert [deadline.subject for deadline in late] == ["2019-03", "2019-04", "2019-05", "2019-06"]
    text = first_page(edition_of(later), "zh")
    assert late[0].title_zh in text and "另有3项逾期" in text and not any(one.title_zh in text for one in late[1:])


def test_a_log_of_filings_that_cannot_be_read_is_told(copy: Settings) -> None:
    copy.filings_dir.mkdir(exist_ok=True)
    (copy.filings_dir / "log.jsonl").write_text("{}\n", encoding="utf-8")
    edition = edition_of(copy)
    assert "the log of filings cannot be read" in first_page(edition)
    frame = frame_of(edition, english(), (english(),), "", ASSETS)
    shown = ("index.html", "filings/index.html", "months/2019-02.html")
    told = [render(page, frame).decode() for page in pages_of(edition, english()) if page.path in shown]
    assert len(told) == len(shown)
    assert not any(
        words in page
        for page in told
        for words in ("No filing of this month", "No filing has been opened", "Nothing of this month is with")
    )


def test_a_filed_package_that_cannot_be_read_is_not_called_as_filed(small_home: Settings) -> None:
    edition = edition_of(small_home)
    month = edition.months[-2]
    at = datetime(2019, 4, 1, tzinfo=UTC)
    unread = FiledVersion("cn-x", month.name, month.day, 1, "acknowledged", "0" * 64, at, at, None, None, {}, (), {}, is_damaged=True)
    with_it = replace(edition, versions=(unread,))
    [page] = [found for found in pages_of(with_it, english()) if found.path == f"months/{month.name}.html"]
    told = render(page, frame_of(with_it, english(), (english(),), "", ASSETS)).decode()
    assert "Its package cannot be read, so nothing of it is compared." in told and "Everything is still known" not in told


def without_loans(edition: Edition) -> Edition:
    """The same edition of a platform that made no loan: none of its figures is stored."""
    return replace(edition, months=(), histories=(), latest=None)


def test_a_platform_without_loans_tells_how_it_stands_as_any_other(copy: Settings) -> None:
    open_a_draft(copy, "2019-03")
    let_wait_and_fail(copy)
    later = copy.model_copy(update={"clock_now": datetime(2019, 4, 20, 2, tzinfo=UTC), "filings_since": date(2019, 3, 1)})
    edition = edition_of(later)
    for code, told in (
        ("en", ("<b>draft</b>", "Late: Filing cn 2019-03", "Filing cn 2019-04", "1 load(s), the newest of", "the last build, begun at")),
        ("zh", ("<b>草稿</b>", "2019-03", "2019-04", "另有1次载入", "最近一次构建")),
    ):
        for text in (first_page(edition, code), first_page(without_loans(edition), code)):
            assert [words for words in told if words not in text] == []
    empty = first_page(without_loans(edition))
    assert "No loan has been made yet." in empty and "nothing to disclose" not in empty
    assert "safety.html" in empty and "check.html" in empty
    assert "list of filings" not in empty, "a draft is on no page"


def test_a_platform_without_loans_has_every_page_that_is_linked_to(copy: Settings, tmp_path: Path) -> None:
    """Addresses of figures never change, so they are there from the beginning, and say that there is no loan yet."""
    edition = edition_of(copy)
    empty = replace(without_loans(edition), tables={name: replace(t, rows=(), typed=t.typed[:0]) for name, t in edition.tables.items()})
    for name, content in edition_files(empty):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert broken_links(tmp_path) == []
    codes = {history.code for history in edition.histories}
    for code, said in (("en", "No loan has been made yet."), ("zh", "尚未放出任何借款")):
        there = {path.stem for path in (tmp_path / code / "figures").glob("CN-???.html")}
        assert there == codes and len(codes) > 30
        of_figures = [f"figures/{figure}.html" for figure in codes]
        for name in ("index.html", "safety.html", "figures/index.html", "months/index.html", *of_figures):
            page = tmp_path / code / name
            assert said in page.read_text(encoding="utf-8") and Parsed(page.read_text(encoding="utf-8")).values == [], page
    listed = Parsed((tmp_path / "en" / "figures" / "index.html").read_text(encoding="utf-8")).links
    assert {f"{figure}.html" for figure in codes} <= set(listed)


def test_a_platform_without_any_data_says_so(copy: Settings) -> None:
    edition = without_loans(edition_of(copy))
    assert "There is no data of any day yet." not in first_page(edition)
    bare = replace(edition, standing=replace(edition.standing, data_days=None))
    assert "not up to date" in first_page(bare) and "There is no data of any day yet." in first_page(bare)

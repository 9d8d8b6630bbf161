"""What pages say above their figures, in both languages: loads that wait, a build that failed, a draft, provisional figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassbook.settings import Settings
from tests.dashboards.test_pages import PAGES, run_page
from tests.support import homes
from tests.support.standing import let_wait_and_fail, open_a_draft


@pytest.fixture
def copy(small_home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """A home that pages read and a test may change."""
    settings = homes.copied(small_home, tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(settings.home))
    return settings


def warnings(name: str) -> str:
    """Everything that a page warns of."""
    page = run_page(name)
    assert not page.exception
    return "\n".join(str(warning.value) for warning in page.warning)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_is_newer_than_what_it_shows(name: str, copy: Settings) -> None:
    assert "快照" not in warnings(name)
    let_wait_and_fail(copy)
    said = warnings(name)
    assert "另有1次载入" in said and "1 load(s), the newest of 2030-01-01 08:00 (Asia/Shanghai)" in said
    assert "最近一次构建" in said and "The last build, begun at" in said
    assert "perhaps" not in said, "what an error quotes is for whoever runs the home"


def test_a_page_says_that_the_filing_of_its_period_is_a_draft(copy: Settings) -> None:
    open_a_draft(copy, "2019-03")
    said = warnings("executive")
    assert "cn-2019-03 报送（第1版）为草稿" in said and "The filing cn-2019-03, version 1, is a draft" in said

"""Pages of a damaged home: the operator reads what to do; no reader sees a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from glassbook.settings import Settings
from glassbook.snapshots import POINTER, current_snapshot
from tests.support import homes

APPS = Path(__file__).parents[2] / "dashboards"


def cut_off(settings: Settings) -> None:
    for database in (current_snapshot(settings).database, current_snapshot(settings).public_database):
        database.chmod(0o644)
        database.write_bytes(database.read_bytes()[:20_000])


def gone(settings: Settings) -> None:
    shutil.rmtree(current_snapshot(settings).folder)


def of_other_signs(settings: Settings) -> None:
    (settings.snapshots_dir / POINTER).write_bytes(b"\xff")


@pytest.mark.parametrize("change", [cut_off, gone, of_other_signs])
def test_a_damaged_home_is_told(
    small_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Settings], None]
) -> None:
    copy = homes.copied(small_home, tmp_path / "home")
    change(copy)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(copy.home))
    st.cache_data.clear()
    page = AppTest.from_file(str(APPS / "app.py"), default_timeout=120).run()
    assert not page.exception
    (told,) = page.error
    assert "glassbook build" in told.value

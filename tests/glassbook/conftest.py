"""What tests of this folder share: a process without settings of anyone's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty working folder, and no variable of ours in the environment."""
    for name in list(os.environ):
        if name.startswith("GLASSBOOK_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

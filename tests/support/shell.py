"""The command as a shell runs it, in this process: exit code and what it says."""

from __future__ import annotations

import sys

import pytest

from glassbook import cli


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Its exit code and output. Any exception that it raises would be a traceback, and fails the test."""
    monkeypatch.setattr(sys, "argv", ["glassbook", *arguments])
    code: object = 0
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code
    assert code is None or isinstance(code, int)
    return code or 0, "".join(capsys.readouterr())

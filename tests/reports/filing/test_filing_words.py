"""Input of people in the life of a filing: reasons, names, keys, passphrases, and which of it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.commands import keys as keys_commands
from reports.filing.acts.acts import check_filing, explain_edit, open_filing, sign_filing
from reports.filing.life.log import read_log
from reports.signing.private_keys import new_key
from reports.signing.register import revoke_key
from tests.reports.filing.test_filing_life import FILING, submitted
from tests.support.signers import PASSPHRASE
from tests.support.small_filings import small_world


def test_a_reason_is_not_taken_again_when_the_findings_that_it_was_for_come_back(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with small_world() as world:
        world.warnings = {"TOY-E02": "loan 1", "TOY-E04": "loan 2"}
        open_filing(settings, FILING, "li.na")
        explain_edit(settings, FILING, "TOY-E02", "It pays on Friday.", "li.na")
        world.warnings["TOY-E02"] = "loan 3"
        check_filing(settings, FILING, "li.na")
        for same in ("It pays on Friday.", "it pays  on friday", "It pays on Ｆriday."):
            with pytest.raises(InputError, match="a reason of its own"):
                explain_edit(settings, FILING, "TOY-E04", same, "li.na")


UNSEEN = (
    "fine\n    9  2020-01-03  toy-2019-12 v1  wang.wei: sign as approver → approved",
    *("\x1b[2J fine", "fine\u202e", "\udcff fine", "fine" * 1001),
)


def test_what_cannot_be_shown_as_it_was_written_is_not_written(desk: Callable[..., Result], snapshot: Snapshot, settings: Settings) -> None:
    submitted(desk)
    before = len(read_log(settings))
    for text in UNSEEN:
        for refused in (
            desk("open", "toy-2019-11", "--by", text),
            desk("refuse", FILING, "--reason", text),
            desk("acknowledge", FILING, "--receipt", text),
            desk("supersede", FILING, "--reason", text),
            desk("supersede", FILING, "--reason", "fine", "--by", text),
        ):
            assert isinstance(refused.exception, InputError) and "characters on one line" in str(refused.exception), text
    for unseen in ("\u200b", " ", "…", "\u3164"):
        assert desk("supersede", FILING, "--reason", unseen).exit_code != 0, ascii(unseen)
    assert len(read_log(settings)) == before


def test_a_key_that_was_revoked_never_signs_again(
    desk: Callable[..., Result], snapshot: Snapshot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def revoked_meanwhile() -> str:
        revoke_key(settings, "li.na", "stolen", datetime(2020, 1, 3, 2, 0, tzinfo=UTC))
        return PASSPHRASE

    desk("open", FILING)
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    with pytest.raises(InputError, match=r"no live key of li\.na"):
        sign_filing(settings, FILING, "preparer", "li.na", revoked_meanwhile)
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2020-01-02T02:00:00")
    assert "no live key of li.na" in str(desk("sign", FILING, "--role", "preparer", "--by", "li.na").exception)
    assert [entry.action for entry in read_log(settings)] == ["open", "explain-edit", "check"]


def test_one_person_has_one_id(desk: Callable[..., Result], settings: Settings) -> None:
    keys = CliRunner()
    assert keys.invoke(keys_commands.keys, ["new", "chen.jing", "--name", "陈静 A"]).exit_code == 0
    for name in ("陈静 A", " 陈静A ", "陈静ａ"):
        held = keys.invoke(keys_commands.keys, ["new", "jing.chen", "--name", name])
        assert isinstance(held.exception, InputError) and "Sign as chen.jing" in str(held.exception)
    for name in ("…", "李\u200b娜", "a\x1b[2J"):
        assert isinstance(keys.invoke(keys_commands.keys, ["new", "jing.chen", "--name", name]).exception, InputError)
    assert keys.invoke(keys_commands.keys, ["new", "jing.chen", "--name", "陈静 A（风控部）"]).exit_code == 0


@pytest.mark.parametrize("passphrase", ["x" * 1024, "龙" * 342, "short"])
def test_a_passphrase_that_will_not_do_is_said(settings: Settings, passphrase: str) -> None:
    with pytest.raises(InputError, match="a passphrase of"):
        new_key(settings, "li.na", "李娜", passphrase, datetime(2020, 1, 1, tzinfo=UTC), 1)

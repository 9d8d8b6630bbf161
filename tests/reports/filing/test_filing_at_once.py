"""People who act on one filing at the same moment: one after another gets the turn, and the log never forks."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from reports.audit.home import verify_home
from reports.filing.acts.acts import check_filing, open_filing, sign_filing, submit_filing
from reports.filing.life.log import read_log
from tests.support.signers import PASSPHRASE, SIGNERS, make_keys
from tests.support.small_filings import small_world

FILING = "toy-2019-12"


def at_once(*acts: Callable[[], object]) -> list[int]:
    """Runs each act in a separate process, all of them at the same time; 0 for one that was done, 1 for one that was refused."""
    children = []
    for act in acts:
        child = os.fork()
        if child == 0:
            code = 2
            try:
                act()
                code = 0
            except GlassbookError:
                code = 1
            finally:
                os._exit(code)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def test_one_of_many_at_once_is_done(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", clock_now=datetime(2020, 1, 6, 2, tzinfo=UTC))
    make_keys(settings, (*SIGNERS.values(), "chen.jing"))

    def signing(role: str, person: str) -> Callable[[], object]:
        return lambda: sign_filing(settings, FILING, role, person, lambda: PASSPHRASE)

    with small_world():
        assert sorted(at_once(*[lambda: open_filing(settings, FILING, "li.na")] * 4)) == [0, 1, 1, 1]
        others = [lambda: check_filing(settings, FILING, "li.na")] * 2
        done = at_once(signing("preparer", "li.na"), signing("preparer", "chen.jing"), *others)
        assert sorted(done[:2]) == [0, 1] and done[2:] == [0, 0]
        preparer = read_log(settings)[-1].who
        assert sorted(at_once(signing("approver", preparer), signing("approver", "wang.wei"))) == [0, 1]
        assert sorted(at_once(*[signing("legal_representative", "zhang.min")] * 3)) == [0, 1, 1]
        assert sorted(at_once(*[lambda: submit_filing(settings, FILING, "li.na")] * 3)) == [0, 1, 1]
    assert [entry.action for entry in read_log(settings)] == ["open", "sign", "sign", "sign", "submit"]
    assert verify_home(settings).problems == ()

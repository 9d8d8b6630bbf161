"""No sequence of commands submits a filing with an open error, a missing reason, one person in two roles or a seal that does not match."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from reports.audit.home import verify_home
from reports.filing.acts.acts import (
    answer_filing,
    check_filing,
    explain_edit,
    open_filing,
    sign_filing,
    submit_filing,
    supersede_filing,
)
from reports.filing.acts.facts import newest_version
from reports.filing.life.log import read_log
from reports.filing.life.states import draft_folder, signed_folder
from reports.signing.register import revoke_key
from reports.verifying.package import verify_package
from reports.verifying.stand_alone import verify_filing
from tests.support.signers import PASSPHRASE, SIGNERS, make_keys
from tests.support.small_filings import small_world

START = datetime(2020, 1, 6, 2, tzinfo=UTC)
PEOPLE = (*SIGNERS.values(), "chen.jing")
FILINGS = ("toy-2019-11", "toy-2019-12")
filing_ids = st.sampled_from(FILINGS)
people = st.sampled_from(PEOPLE)
roles = st.sampled_from(list(SIGNERS))
codes = st.sampled_from(("TOY-E02", "TOY-E04"))


@pytest.fixture(scope="module", autouse=True)
def keys(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keys of four people, made once: every run begins with a copy of them."""
    folder = tmp_path_factory.mktemp("keys")
    make_keys(Settings(home=folder), PEOPLE)
    Machine.keys = folder / "keys"


class Machine(RuleBasedStateMachine):
    """Commands in any order, by anyone, on two filings, while data changes and packages are tampered with."""

    keys: Path

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        self.home = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.world = self.stack.enter_context(small_world())
        shutil.copytree(self.keys, self.home / "keys")
        self.base = Settings(home=self.home)
        self.minutes = 0
        self.submitted: dict[Path, dict[str, bytes]] = {}

    def teardown(self) -> None:
        self.stack.close()

    @property
    def settings(self) -> Settings:
        """The home, a minute later than at the command before."""
        self.minutes += 1
        return self.base.model_copy(update={"clock_now": START + timedelta(minutes=self.minutes)})

    def attempt(self, act: Any, *arguments: Any) -> None:
        """A command; that it may be refused is the point, that it may break is not."""
        try:
            act(self.settings, *arguments)
        except GlassbookError as error:
            assert str(error)

    @rule(filing=filing_ids, who=people)
    def open(self, filing: str, who: str) -> None:
        self.attempt(open_filing, filing, who)

    @rule(filing=filing_ids, who=people)
    def check(self, filing: str, who: str) -> None:
        self.attempt(check_filing, filing, who)

    @rule(filing=filing_ids, code=codes, reason=st.sampled_from(("", "It pays on Friday.", "Known since June.")), who=people)
    def explain(self, filing: str, code: str, reason: str, who: str) -> None:
        self.attempt(explain_edit, filing, code, reason, who)

    @rule(filing=filing_ids, role=roles, person=people, despite=st.sampled_from((None, None, "It is January's.")))
    def sign(self, filing: str, role: str, person: str, despite: str | None) -> None:
        self.attempt(sign_filing, filing, role, person, lambda: PASSPHRASE, despite)

    @rule(filing=filing_ids, despite=st.sampled_from((None, None, "It is January's.")))
    def submit(self, filing: str, despite: str | None) -> None:
        self.attempt(submit_filing, filing, "li.na", despite)

    @rule(filing=filing_ids, is_submitted=st.booleans())
    def everything_in_order(self, filing: str, is_submitted: bool) -> None:
        """The whole way at once, so that many runs come to its end."""
        self.world.errors = []
        self.attempt(open_filing, filing, "li.na")
        for code in list(self.world.warnings):
            self.attempt(explain_edit, filing, code, f"{code} is known.", "li.na")
        self.attempt(check_filing, filing, "li.na")
        for role, person in zip(SIGNERS, PEOPLE[1:], strict=True):
            self.attempt(sign_filing, filing, role, person, lambda: PASSPHRASE)
        if is_submitted:
            self.attempt(submit_filing, filing, "li.na")

    @rule(filing=filing_ids, action=st.sampled_from(("acknowledge", "refuse")))
    def answer(self, filing: str, action: str) -> None:
        self.attempt(answer_filing, filing, action, "li.na", "Form B", "2020-17")

    @rule(filing=filing_ids)
    def supersede(self, filing: str) -> None:
        self.attempt(supersede_filing, filing, "a correction", "li.na")

    @rule(errors=st.sampled_from(([], [], ["TOY-E01"])), warnings=st.dictionaries(codes, st.sampled_from(("loan 1", "loan 2"))))
    def data_changes(self, errors: list[str], warnings: dict[str, str]) -> None:
        self.world.errors, self.world.warnings = list(errors), warnings
        self.world.figure += 1
        self.world.is_newer = True

    @rule(person=st.sampled_from(PEOPLE[:2]))
    def key_is_revoked(self, person: str) -> None:
        now = self.settings
        assert now.clock_now is not None
        try:
            revoke_key(now, person, "lost", now.clock_now)
        except GlassbookError as error:
            assert "no live key" in str(error)

    @rule(filing=filing_ids, name=st.sampled_from(("figures.csv", "checks.json", "SEAL")))
    def submit_what_was_tampered_with(self, filing: str, name: str) -> None:
        """A package is changed without the log, is signed and submitted, and restored."""
        regime, _, period = filing.partition("-")
        newest = newest_version(read_log(self.settings), regime, period)
        if newest is None or newest.state in ("submitted", "acknowledged", "refused"):
            return
        path = draft_folder(self.settings, regime, period, newest.version, newest.seal) / name
        original = path.read_bytes()
        before = len(read_log(self.settings))
        path.write_bytes(original.replace(b"1", b"7", 1) if b"1" in original else original + b" ")
        for role, person in SIGNERS.items():
            self.attempt(sign_filing, filing, role, person, lambda: PASSPHRASE)
        self.attempt(submit_filing, filing, "li.na")
        path.write_bytes(original)
        assert len(read_log(self.settings)) == before, "nothing is signed or submitted on a package that was changed"

    @invariant()
    def whatever_was_submitted_is_in_order(self) -> None:
        entries = read_log(self.base)
        for entry in (entry for entry in entries if entry.action == "submit"):
            package = signed_folder(self.base, entry.regime, entry.period, entry.version)
            files = {path.name: path.read_bytes() for path in package.iterdir()}
            if package in self.submitted:
                assert files == self.submitted[package], "nothing is ever overwritten"
                continue
            self.submitted[package] = files
            checks = json.loads(files["checks.json"])
            assert checks["open"] == [] and all(edit["severity"] == "warning" for edit in checks["edits"])
            assert all(edit["reason"] for edit in checks["edits"])
            assert len({edit["reason"] for edit in checks["edits"]}) == len(checks["edits"])
            sign_offs, _ = verify_filing.parse_signatures(files["SIGNATURES"].decode())
            assert [sign_off["role"] for sign_off in sign_offs] == list(SIGNERS)
            assert len({sign_off["person"] for sign_off in sign_offs}) == 3
            seal = verify_package(package).seal
            assert seal is not None and {sign_off["seal"] for sign_off in sign_offs} == {seal.whole} == {entry.seal}
            assert verify_home(self.base).problems == ()


MachineTest = Machine.TestCase
MachineTest.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)

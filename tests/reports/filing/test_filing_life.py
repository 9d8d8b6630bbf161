"""The life of a filing on a small platform, act by act: what each comes to, what holds it back, and what it says to do next."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from glassbook.errors import CheckFailed, InputError
from glassbook.settings import Settings, load_settings
from glassbook.snapshots import Snapshot
from reports.audit.home import verify_home
from reports.commands import keys as keys_commands
from reports.commands.verify import verify as verify_command
from reports.deadlines.reading import read_calendar
from reports.filing.acts.acts import open_filing, sign_filing
from reports.filing.life.log import read_log
from reports.filing.life.states import filings, package_folder, read_head, signed_folder
from reports.retention.pruning import StillNeeded, prune_one
from reports.verifying.package import verify_package
from tests.support.signers import SIGNERS, make_keys
from warehouse.control import OBLIGATION_COLUMNS

FILING = "toy-2019-12"
# An edit that asks for the filings due by the day, as CN-E15 does.
TIMELINESS = f"""
create table ctl_obligations ({OBLIGATION_COLUMNS});
create macro chk_toy_filings(as_of_on) as table
select code as entity, 'state' as field, coalesce(state, 'none') as masked_value, 'not submitted' as message
from ctl_obligations where obligation_kind = 'filing' and due_on <= as_of_on and disclosed_on is null;
"""
RESTATED = "update rpt_toy_figures set note = 'restated' where code = 'TOY-A02'"


def signed_by_all(desk: Callable[..., Result], filing: str = FILING) -> None:
    """The three sign-offs, each by its own person."""
    for role, person in SIGNERS.items():
        done = desk("sign", filing, "--role", role, "--by", person)
        assert done.exit_code == 0, (done.output, done.exception)


def submitted(desk: Callable[..., Result], filing: str = FILING) -> None:
    """From nothing, or from its opening, to submitted, the short way."""
    desk("open", filing)
    desk("explain-edit", filing, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", filing)
    signed_by_all(desk, filing)
    assert desk("submit", filing).exit_code == 0


def test_a_filing_from_its_opening_to_its_acknowledgement(desk: Callable[..., Result], settings: Settings, snapshot: Snapshot) -> None:
    assert "nothing was filed from this home" in CliRunner().invoke(verify_command, []).output
    said = [desk("status", FILING).output, desk("open", FILING, "--by", "li.na").output]
    assert "not opened" in said[0] and "validated" in said[1] and "TOY-E02 without a reason: glassbook filing explain-edit" in said[1]
    held = desk("sign", FILING, "--role", "preparer", "--by", "li.na")
    assert isinstance(held.exception, CheckFailed) and "TOY-E02 without a reason" in str(held.exception)
    said.append(desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.").output)
    assert "the reasons of TOY-E02 are not in the package as they were given: glassbook filing check" in said[-1]
    said.append(desk("check", FILING).output)
    assert "--role preparer" in said[-1]
    again = desk("check", FILING)
    assert "nothing had changed" in again.output
    signed_by_all(desk)
    assert "glassbook filing submit" in desk("status", FILING).output
    assert "acknowledge" in desk("submit", FILING).output
    done = desk("acknowledge", FILING, "--receipt", "2020-17")
    assert "Nothing is to be done" in done.output
    (filing,) = filings(settings)
    assert filing.state == "acknowledged" and filing.answered is not None and filing.answered.receipt == "2020-17"
    package = signed_folder(settings, "toy", "2019-12", 1)
    assert package_folder(settings, filing) == package
    edits = {edit["code"]: edit for edit in json.loads((package / "checks.json").read_text(encoding="utf-8"))["edits"]}
    assert edits["TOY-E02"]["reason"] == "Loan 1 pays on Friday."
    verdict = verify_package(package)
    assert verdict.is_intact and verdict.signatures is not None
    assert [(s.role, s.person) for s in verdict.signatures.sign_offs] == list(SIGNERS.items())
    assert verify_package(package.with_name("v1.zip")).is_intact
    home = verify_home(settings)
    assert home.problems == () and home.entries == len(read_log(settings)) == 8
    shown = CliRunner().invoke(verify_command, [])
    assert shown.exit_code == 0 and "8 entries" in shown.output
    log = desk("log", FILING).output.splitlines()
    assert len(log) == 8 and "reason: Loan 1 pays on Friday." in log[1] and "receipt: 2020-17" in log[-1]
    assert [json.loads(line)["sequence"] for line in desk("log", "--format", "json").output.splitlines()] == list(range(1, 9))


def test_same_data_same_sealed_bytes_whoever_signs_and_when(
    desk: Callable[..., Result], settings: Settings, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    submitted(desk)
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2020-01-07T08:00:00")
    other = settings.model_copy(update={"home": tmp_path / "other"})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "snapshots").symlink_to(settings.snapshots_dir)
    monkeypatch.setenv("GLASSBOOK_HOME", str(other.home))
    make_keys(other)
    submitted(desk)
    one, two = (signed_folder(s, "toy", "2019-12", 1) for s in (settings, other))
    assert (one / "SEAL").read_bytes() == (two / "SEAL").read_bytes()
    assert (one / "SIGNATURES").read_bytes() != (two / "SIGNATURES").read_bytes()


def test_one_person_never_signs_in_two_roles(desk: Callable[..., Result], snapshot: Snapshot) -> None:
    desk("open", FILING)
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    assert desk("sign", FILING, "--role", "preparer", "--by", "li.na").exit_code == 0
    for role, code in (("approver", 1), ("preparer", 2), ("legal_representative", 2)):
        held = desk("sign", FILING, "--role", role, "--by", "li.na")
        assert held.exception is not None and getattr(held.exception, "exit_code", None) == code, role
    assert "li.na has signed as preparer already: another person signs" in str(
        desk("sign", FILING, "--role", "approver", "--by", "li.na").exception
    )


def test_reasons_are_for_open_warnings_and_each_has_its_own(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings
) -> None:
    toy["checks"].append(toy["checks"][1] | {"code": "TOY-E04", "name": "toy-e04"})
    toy["checks"][0] = toy["checks"][0] | {"relation": "chk_toy_overdue"}
    publish_snapshot()
    opened = desk("open", FILING)
    assert opened.exit_code == 1 and "TOY-E01 open: fix the data at its source" in opened.output
    for code in ("TOY-E01", "TOY-E03", "TOY-E99"):
        refused = desk("explain-edit", FILING, code, "--reason", "Because.")
        assert isinstance(refused.exception, InputError) and "TOY-E02, TOY-E04" in str(refused.exception)
    assert desk("explain-edit", FILING, "TOY-E02", "--reason", "Because.").exit_code == 1, "it is a draft still"
    twice = desk("explain-edit", FILING, "TOY-E04", "--reason", " Because. ")
    assert isinstance(twice.exception, InputError) and "a reason of its own" in str(twice.exception)
    empty = desk("explain-edit", FILING, "TOY-E04", "--reason", " ")
    assert isinstance(empty.exception, CheckFailed) and "A reason is needed" in str(empty.exception)
    assert [entry.action for entry in read_log(settings)] == ["open", "explain-edit"]


def test_a_new_version_is_chained_and_replaces_the_old_when_it_is_acknowledged(
    desk: Callable[..., Result], snapshot: Snapshot, publish_snapshot: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(desk)
    assert isinstance(desk("check", FILING).exception, InputError), "what was submitted stays"
    desk("refuse", FILING, "--reason", "Form B is missing.")
    publish_snapshot("s-0002", also=RESTATED, known_at="2020-01-05T01:00:00+00:00")
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2020-01-05T02:00:00")
    opened = desk("supersede", FILING, "--reason", "Form B and a correction")
    assert "version 2: validated" in opened.output
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    signed_by_all(desk)
    assert desk("submit", FILING).exit_code == 0
    assert [filing.state for filing in filings(settings)] == ["refused", "submitted"]
    desk("acknowledge", FILING, "--receipt", "2020-18")
    first, second = filings(settings)
    assert (first.state, second.state) == ("superseded", "acknowledged")
    head = json.loads((package_folder(settings, second) / "filing.json").read_text(encoding="utf-8"))
    assert head["version"] == 2 and head["replaces"] == {"version": 1, "seal": first.seal}
    seal = verify_package(package_folder(settings, second)).seal
    assert seal is not None and seal.previous == first.seal
    assert verify_home(settings).problems == ()


def test_the_annex_explains_what_changed_since_the_version_that_the_recipient_holds(
    desk: Callable[..., Result], snapshot: Snapshot, publish_snapshot: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(desk)
    desk("acknowledge", FILING, "--receipt", "2020-17")
    publish_snapshot("s-0002", also=RESTATED, known_at="2020-01-05T01:00:00+00:00")
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2020-01-05T02:00:00")
    desk("supersede", FILING, "--reason", "a correction")
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    desk("check", FILING)
    signed_by_all(desk)
    desk("submit", FILING)
    desk("refuse", FILING, "--reason", "Form B is not legible.")
    # Against version 2, which was refused, nothing has changed; the recipient still holds version 1.
    desk("supersede", FILING, "--reason", "Form B set again")
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Monday.")
    opened = filings(settings)[-1]
    desk("check", FILING)
    checked = filings(settings)[-1]
    assert opened.version == checked.version == 3 and opened.seal != checked.seal
    for filing in (opened, checked):
        told = json.loads((package_folder(settings, filing) / "restatement.json").read_text(encoding="utf-8"))
        assert (told["before"]["version"], [figure["code"] for figure in told["changed"]]) == (1, ["TOY-A02"])


def test_a_filing_that_another_was_submitted_before_is_chained_anew(
    desk: Callable[..., Result], snapshot: Snapshot, settings: Settings
) -> None:
    open_filing(settings, "toy-2019-11", "li.na")
    submitted(desk)
    assert "another filing was submitted since" in desk("status", "toy-2019-11").output
    desk("check", "toy-2019-11")
    assert "another filing" not in desk("status", "toy-2019-11").output


def test_a_late_filing_holds_the_next_back_until_it_is_submitted_and_again_when_it_is_refused(
    desk: Callable[..., Result], toy: Any, publish_snapshot: Any, settings: Settings
) -> None:
    late = "toy-2019-11"
    toy["checks"].append(toy["checks"][0] | {"code": "TOY-E04", "name": "toy-e04", "relation": "chk_toy_filings"})
    publish_snapshot(also=TIMELINESS)
    desk("open", late)
    opened = desk("open", FILING)
    assert opened.exit_code == 1 and "TOY-E04 open" in opened.output
    submitted(desk, late)
    assert "what is known by now of the filings before 2019-12 says otherwise of TOY-E04" in desk("status", FILING).output
    desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
    assert desk("check", FILING).exit_code == 0, "no load and no build was needed"
    (filing,) = [filing for filing in filings(settings) if filing.filing_id == FILING]
    assert read_head(package_folder(settings, filing))["known_filings"][0]["state"] == "submitted"
    desk("refuse", late, "--reason", "Form B is missing.")
    held = desk("sign", FILING, "--role", "preparer", "--by", "li.na")
    assert isinstance(held.exception, CheckFailed) and "says otherwise of TOY-E04" in str(held.exception)
    assert desk("check", FILING).exit_code == 1


def test_keys_are_one_a_person_and_end_when_revoked(
    desk: Callable[..., Result], snapshot: Snapshot, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(desk)
    monkeypatch.setenv("GLASSBOOK_CLOCK_NOW", "2020-01-04T02:00:00")
    keys = CliRunner()
    assert "Sign with it, or end it first" in str(keys.invoke(keys_commands.keys, ["new", "li.na", "--name", "李娜"]).exception)
    assert keys.invoke(keys_commands.keys, ["revoke", "li.na", "--reason", "left"]).exit_code == 0
    listed = keys.invoke(keys_commands.keys, ["list"]).output.splitlines()
    assert len(listed) == 3 and "was revoked at" in listed[0] and "holds" in listed[1]
    assert verify_home(settings).problems == (), "what was signed before stays valid"
    desk("supersede", FILING, "--reason", "again")
    assert "no live key of li.na" in str(desk("sign", FILING, "--role", "preparer", "--by", "li.na").exception)
    with pytest.raises(InputError, match="does not open"):
        make_keys(settings, ("chen.jing",))
        desk("explain-edit", FILING, "TOY-E02", "--reason", "Loan 1 pays on Friday.")
        desk("check", FILING)
        sign_filing(load_settings(), FILING, "preparer", "chen.jing", lambda: "not the passphrase")
    modes = {path.stat().st_mode & 0o777 for path in (settings.keys_dir / "private").iterdir()}
    assert modes == {0o600}
    assert all(b"ENCRYPTED" in path.read_bytes() for path in (settings.keys_dir / "private").iterdir())


def test_a_filing_has_a_name_of_an_installed_regime(desk: Callable[..., Result], snapshot: Snapshot) -> None:
    # Digits of other scripts are numbers to Python: the same period under a second name would be filed twice.
    for name in ("toy", "cn-2019-12", "toy-2019-13", "toy-", "toy-２０１９-12", "toy-٢٠١٩-12", "toy-2019-12\n"):
        assert isinstance(desk("open", name).exception, InputError), name
    assert "was not opened yet" in str(desk("check", FILING).exception)


def test_what_was_submitted_is_delivered_and_all_of_it_verifies(
    desk: Callable[..., Result], settings: Settings, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(desk)
    done = desk("deliver", FILING)
    assert done.exit_code == 0, (done.output, done.exception)
    verdict = verify_package(settings.outbox_dir / f"{FILING}-v1.zip")
    assert verdict.is_intact and verdict.signatures is not None and verdict.seal is not None
    assert verdict.seal.whole == filings(settings)[0].seal
    assert verify_home(settings).problems == ()
    assert desk("acknowledge", FILING, "--receipt", "2020-17").exit_code == 0
    assert "was there already" in desk("deliver", FILING).output
    with pytest.raises(StillNeeded, match="the filing toy 2019-12 version 1 needs it until 2025-01-"):
        prune_one(settings, snapshot.snapshot_id, is_rehearsal=False)
    monkeypatch.setenv("GLASSBOOK_FILINGS_SINCE", "2019-12-01")
    (deadline,) = read_calendar(load_settings(), "toy", until=date(2020, 1, 31)).deadlines
    assert deadline.code == "toy:filing:2019-12" and deadline.done_on == date(2020, 1, 3)

"""The table of a filing's life: every combination of state, open errors, warnings, missing signatures and newer data, for every action."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from glassbook.profile import load_profile
from glassbook.settings import Settings
from reports.commands import filing as filing_commands
from reports.filing.acts.facts import _newer as newer_of
from reports.filing.acts.facts import _representative as representative_of
from reports.filing.life.life import NONE, Doer, Situation, decide, load_life, next_sentence
from reports.filing.life.log import LogEntry
from reports.filing.life.states import fold
from simulator.plan import Plan
from simulator.profile import write_profile

STATES = (NONE, "draft", "validated", "prepared", "approved", "signed_off", "submitted", "acknowledged", "refused", "superseded")
ROLES = ("preparer", "approver", "legal_representative")
PEOPLE = {"preparer": "ann", "approver": "bob", "legal_representative": "cai"}
ACTIONS = (
    *(("open", None), ("check", None), ("explain-edit", None), *(("sign", role) for role in ROLES)),
    *(("submit", None), ("acknowledge", None), ("refuse", None), ("supersede", None)),
)
# Written down here once more, by hand, so that a slip in the table is seen: what each state allows, and what it leads to.
ALLOWED = {
    NONE: {("open", None): "made"},
    "draft": {("check", None): "made", ("explain-edit", None): "draft"},
    "validated": {("check", None): "made", ("explain-edit", None): "validated", ("sign", "preparer"): "prepared"},
    "prepared": {("check", None): "made", ("explain-edit", None): "validated", ("sign", "approver"): "approved"},
    "approved": {("check", None): "made", ("explain-edit", None): "validated", ("sign", "legal_representative"): "signed_off"},
    "signed_off": {("check", None): "made", ("explain-edit", None): "validated", ("submit", None): "submitted"},
    "submitted": {("acknowledge", None): "acknowledged", ("refuse", None): "refused", ("supersede", None): "made"},
    "acknowledged": {("supersede", None): "made"},
    "refused": {("supersede", None): "made"},
    "superseded": {},
}
# What prevents a step, the words that report it, and the steps that it prevents.
HINDRANCES = {
    "errors": ("CN-E01 open: fix the data", {"sign", "submit"}),
    "unexplained": ("CN-E04 without a reason: glassbook filing explain-edit cn-2019-12", {"sign", "submit"}),
    "outdated": ("it is old: glassbook filing check cn-2019-12", {"sign", "submit"}),
    "newer": ("newer says otherwise: glassbook filing check cn-2019-12 takes the newer data", {"sign", "submit"}),
}
VALUES = {"errors": ("CN-E01",), "unexplained": ("CN-E04",), "outdated": ("it is old",), "newer": ("newer says otherwise",)}
SIGNED = {"prepared": 1, "approved": 2, "signed_off": 3, "submitted": 3, "acknowledged": 3, "refused": 3, "superseded": 3}
FORWARD = {
    NONE: "glassbook filing open cn-2019-12",
    "draft": "glassbook filing check cn-2019-12",
    "validated": "sign cn-2019-12 --role preparer",
    "prepared": "sign cn-2019-12 --role approver",
    "approved": "sign cn-2019-12 --role legal_representative",
    "signed_off": "glassbook filing submit cn-2019-12",
    "submitted": "glassbook filing acknowledge cn-2019-12",
    "acknowledged": "Nothing is to be done",
    "refused": "glassbook filing supersede cn-2019-12",
    "superseded": "a later version holds",
}


def situation(state: str, hindrances: tuple[str, ...], roles_signed: int | None = None) -> Situation:
    """A filing in a state with some things in its way, signed by as many as that state says unless given."""
    count = SIGNED.get(state, 0) if roles_signed is None else roles_signed
    signed = {role: PEOPLE[role] for role in ROLES[:count]}
    return Situation("cn-2019-12", state, signed=signed, **{name: VALUES[name] for name in hindrances})


SUBSETS = [tuple(name for name, has in zip(VALUES, chosen, strict=True) if has) for chosen in product((False, True), repeat=len(VALUES))]


@pytest.mark.parametrize("state", STATES)
def test_every_combination_has_its_outcome_and_its_next_sentence(state: str) -> None:
    for hindrances in SUBSETS:
        stands = situation(state, hindrances)
        for action, role in ACTIONS:
            doer = Doer(PEOPLE[role] if role else "dan", reason="because", receipt="2020-17")
            decision = decide(stands, action, role, doer)
            leads_to = ALLOWED[state].get((action, role))
            held_by = [HINDRANCES[name][0] for name in hindrances if action in HINDRANCES[name][1]]
            if leads_to is None:
                assert decision.to is None and not decision.is_possible
                assert decision.reasons[-1] == next_sentence(stands), "a refusal says what to do instead"
            elif held_by:
                assert decision.to is None and decision.is_possible
                assert [words in said for words, said in zip(held_by, decision.reasons, strict=True)] == [True] * len(held_by)
            else:
                assert (decision.to, decision.reasons) == (leads_to, ())
        is_on_its_way = state in ("draft", "validated", "prepared", "approved", "signed_off")
        expected = HINDRANCES[hindrances[0]][0] if hindrances and is_on_its_way else FORWARD[state]
        assert expected in next_sentence(stands), (state, hindrances)


@pytest.mark.parametrize("count", range(4))
def test_nothing_is_submitted_without_every_sign_off(count: int) -> None:
    stands = situation("signed_off", (), count)
    decision = decide(stands, "submit", None, Doer("dan"))
    if count == 3:
        assert decision.to == "submitted"
    else:
        assert decision.to is None and f"--role {ROLES[count]}" in decision.reasons[0]
        assert f"The sign-off as {ROLES[count]} is missing" in next_sentence(stands)


@pytest.mark.parametrize("held", ROLES[:2])
@pytest.mark.parametrize(("state", "role"), [("prepared", "approver"), ("approved", "legal_representative")])
def test_who_signed_in_one_role_signs_in_no_other(held: str, state: str, role: str) -> None:
    stands = situation(state, ())
    if held not in stands.signed:
        return
    decision = decide(stands, "sign", role, Doer(PEOPLE[held]))
    assert decision.to is None and f"{PEOPLE[held]} has signed as {held} already" in decision.reasons[0]


def test_newer_data_gives_way_to_a_reason_and_to_nothing_else() -> None:
    stands = situation("validated", ("newer",))
    assert decide(stands, "sign", "preparer", Doer("ann", despite_newer="known, and it is January's")).to == "prepared"
    assert decide(stands, "sign", "preparer", Doer("ann", despite_newer="  ")).to is None
    both = situation("validated", ("errors", "newer"))
    assert decide(both, "sign", "preparer", Doer("ann", despite_newer="known")).to is None


@pytest.mark.parametrize(("state", "action"), [("draft", "explain-edit"), ("submitted", "refuse"), ("refused", "supersede")])
def test_what_needs_a_reason_says_so(state: str, action: str) -> None:
    for empty in (None, "", " \n"):
        decision = decide(situation(state, ()), action, None, Doer("dan", reason=empty))
        assert decision.to is None and "A reason is needed" in decision.reasons[0]


def test_an_acknowledgement_says_what_the_recipient_answered() -> None:
    for empty in (None, "", " ", "\u200b"):
        decision = decide(situation("submitted", ()), "acknowledge", None, Doer("dan", receipt=empty))
        assert decision.to is None and "What the recipient answered is needed" in decision.reasons[0]


def test_the_legal_representative_is_the_one_of_the_profile() -> None:
    stands = Situation("cn-2019-12", "approved", signed={"preparer": "ann", "approver": "bob"}, representative="蔡明")
    held = decide(stands, "sign", "legal_representative", Doer("cai", "蔡"))
    assert held.to is None and "蔡 is not the legal representative of the platform profile, who is 蔡明" in held.reasons[0]
    assert decide(stands, "sign", "legal_representative", Doer("cai", "蔡明")).to == "signed_off"


def test_the_table_is_whole() -> None:
    life = load_life()
    assert set(life.states) | {NONE} == set(STATES) and life.roles == ROLES
    assert {(step.action, step.role) for step in life.steps} == set(ACTIONS)
    assert {need for step in life.steps for need in step.needs} == set(life.needs)
    assert {state for step in life.steps for state in step.sources} <= set(STATES)


def test_every_sentence_names_commands_that_exist() -> None:
    life = load_life()
    sentences = [*(state.next for state in life.states.values()), *life.needs.values()]
    calls = [call for sentence in sentences for call in re.findall(r"glassbook filing ([a-z][^`:;,.]*)", sentence)]
    assert len(calls) >= 12
    for call in calls:
        name, *arguments = call.partition(" or ")[0].format(id="cn-2019-12", missing="approver").split()
        words = {"CODE", "TEXT", "NUMBER", "makes", "takes", "the", "package", "again", "newer", "data"}
        given = [argument for argument in arguments if argument not in words - {"CODE", "TEXT", "NUMBER"}]
        filing_commands.filing.commands[name].make_context(name, given)


def test_the_document_shows_the_table() -> None:
    life = load_life()
    text = (Path(filing_commands.__file__).parents[2] / "docs" / "filing.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \| (\S+) \| (.*) \| (.*) \|$", text, flags=re.MULTILINE)
    expected = []
    for name, state in life.states.items():
        steps = [step for step in life.steps if name in step.sources]
        actions = [step.action if step.role is None else f"{step.action} as {step.role}" for step in steps]
        expected.append((name, state.name_zh, state.means, ", ".join(actions) or "nothing"))
    assert [tuple(part.strip() for part in row) for row in shown] == expected


def test_nobody_signs_as_legal_representative_where_the_profile_names_nobody(tmp_path: Path) -> None:
    stands = Situation("cn-2019-12", "approved", signed={"preparer": "ann", "approver": "bob"}, representative="")
    decision = decide(stands, "sign", "legal_representative", Doer("cai", "蔡"))
    assert decision.to is None and "蔡 is not the legal representative of the platform profile, who is nobody today" in decision.reasons[0]


def test_the_profile_that_counts_is_the_one_in_the_package_and_one_moved_away_is_said(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "away", Plan(loans=1, seed=1, start=date(2019, 1, 1), end=date(2019, 12, 31)))
    settings = Settings(home=tmp_path, clock_now=datetime(2020, 1, 6, tzinfo=UTC))
    (tmp_path / "filing.json").write_text('{"profile_sha256": "ab", "snapshot": "s"}')
    (filing,) = fold([LogEntry("cn", "2019-12", 1, "open", None, "validated", "ann", at="", sequence=1, previous_hash=None, hash="")])
    assert representative_of(settings, "cn", tmp_path) == "", "a package without a profile is signed by nobody"
    shutil.copy(profile, tmp_path / "profile.yml")
    assert representative_of(settings, "cn", tmp_path) == load_profile(profile).registration[0].legal_representative
    long_ago = settings.model_copy(update={"clock_now": datetime(1990, 1, 1, tzinfo=UTC)})
    assert representative_of(long_ago, "cn", tmp_path) == ""
    assert newer_of(settings, tmp_path, {}, filing) == [f"the platform profile {settings.profile_file} is missing"]
    assert newer_of(settings.model_copy(update={"profile": profile}), tmp_path, {}, filing) == ["the platform profile was changed since"]

"""Which action is allowed in which state of a filing, and what to do next: life.yml as records, and the decisions from it.

Belongs here: deciding. Does not: finding out the status of a filing (acts/facts.py), or acting (acts/acts.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

NONE, MADE = "none", "made"
# Letters by their Unicode class that no font draws.
_FILLERS = "\u115f\u1160\u3164\uffa0"
# Conditions that depend on who acts: they do not say what a filing waits for.
_OF_THE_DOER = ("own_person", "named", "reason", "receipt")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class State(_Record):
    """A state: its name, what it means, and what to do next when every condition is met."""

    name_zh: str
    means: str
    next: str


class Step(_Record):
    """An action: for a sign-off the role, the states from which it starts, the state to which it leads, its conditions in order."""

    action: str
    role: str | None = None
    # Python does not allow the name `from`.
    sources: tuple[str, ...]
    to: str
    needs: tuple[str, ...] = ()


class Life(_Record):
    """The whole table."""

    roles: tuple[str, ...]
    states: dict[str, State]
    steps: tuple[Step, ...]
    needs: dict[str, str]

    def step(self, state: str, action: str, role: str | None = None) -> Step | None:
        """The step for `action` in that state; None when it is not allowed."""
        return next((step for step in self.steps if step.action == action and step.role == role and state in step.sources), None)

    def forward(self, state: str) -> Step | None:
        """The step that leads on towards submission."""
        wanted = "validated" if state == "draft" else state
        return next((step for step in self.steps if step.action in ("sign", "submit") and wanted in step.sources), None)


@dataclass(frozen=True)
class Situation:
    """The status of a filing's newest version; an empty field prevents nothing.

    `errors` are open codes, `unexplained` warnings without a reason, `outdated` why the package is not what it must be, `newer` where newer
    data differs; `signed` maps roles to the persons who signed this package; `representative` is the legal representative's name in the
    platform profile, empty where it names nobody, None where a regime asks for no profile.
    """

    filing_id: str
    state: str = NONE
    errors: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    signed: Mapping[str, str] = field(default_factory=dict)
    representative: str | None = None


@dataclass(frozen=True)
class Doer:
    """Who wants to act: id, name in the key register, reason and receipt, and the reason for going on although newer data differs."""

    person: str = ""
    name: str = ""
    reason: str | None = None
    despite_newer: str | None = None
    receipt: str | None = None


@dataclass(frozen=True)
class Decision:
    """Whether an action is allowed: `to` names the state to which it leads, or `reasons` say why not and what to do, in order.

    `is_possible` is false when the state has no such action at all.
    """

    to: str | None
    reasons: tuple[str, ...] = ()
    is_possible: bool = True


@cache
def load_life() -> Life:
    """The table of life.yml."""
    declared = yaml.safe_load(Path(__file__).with_name("life.yml").read_text(encoding="utf-8"))
    declared["steps"] = [{"sources": step.pop("from"), **step} for step in declared["steps"]]
    return Life(**declared)


def decide(situation: Situation, action: str, role: str | None = None, doer: Doer = Doer()) -> Decision:
    """Whether the action is allowed now; every unmet condition is named."""
    life = load_life()
    step = life.step(situation.state, action, role)
    if step is None:
        return Decision(None, (_not_now(life, situation, action, role), next_sentence(situation)), is_possible=False)
    unmet = tuple(_sentence(life.needs[need], situation, doer) for need in step.needs if not _holds(need, situation, doer))
    return Decision(None, unmet) if unmet else Decision(step.to)


def next_sentence(situation: Situation) -> str:
    """What to do next with the filing."""
    life = load_life()
    if situation.state == NONE:
        return f"Open it: glassbook filing open {situation.filing_id}"
    step = life.forward(situation.state)
    for need in () if step is None else step.needs:
        if need not in _OF_THE_DOER and not _holds(need, situation, Doer()):
            return _sentence(life.needs[need], situation, Doer())
    return life.states[situation.state].next.format(id=situation.filing_id)


def _holds(need: str, situation: Situation, doer: Doer) -> bool:
    return {
        "no_errors": not situation.errors,
        "explained": not situation.unexplained,
        "current": not situation.outdated,
        "newest": not situation.newer or is_said(doer.despite_newer),
        "all_signed": not _missing(situation),
        "own_person": doer.person not in situation.signed.values(),
        "named": situation.representative in (None, doer.name),
        "reason": is_said(doer.reason),
        "receipt": is_said(doer.receipt),
    }[need]


def is_said(reason: str | None) -> bool:
    """Whether a reason says anything: invisible characters and punctuation alone do not."""
    return reason is not None and any(sign.isalnum() and sign not in _FILLERS for sign in reason)


def _missing(situation: Situation) -> list[str]:
    return [role for role in load_life().roles if role not in situation.signed]


def _sentence(template: str, situation: Situation, doer: Doer) -> str:
    held = [role for role, signer in situation.signed.items() if signer == doer.person]
    return template.format(
        id=situation.filing_id,
        errors=", ".join(situation.errors),
        unexplained=", ".join(situation.unexplained),
        outdated="; ".join(situation.outdated),
        newer="; ".join(situation.newer),
        missing=next(iter(_missing(situation)), ""),
        person=doer.person,
        name=doer.name,
        held=", ".join(held),
        representative=situation.representative or "nobody today",
    )


def _not_now(life: Life, situation: Situation, action: str, role: str | None) -> str:
    what = action if role is None else f"{action} as {role}"
    if situation.state == NONE:
        return f"{situation.filing_id} was not opened yet, so that `{what}` is not possible."
    return f"{situation.filing_id} is {situation.state} ({life.states[situation.state].means}), so that `{what}` is not possible."

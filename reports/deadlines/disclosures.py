"""Deadlines of disclosures besides filings: changes of the profile, major risk events, yearly reports.

Belongs here: obligations as deadlines, with their words. Does not: which obligations there are and when they are due
(reports.filing.declare.obligations).
"""

from __future__ import annotations

from collections.abc import Iterable

from reports.deadlines.deadline import Deadline
from reports.deadlines.rules import Rules
from reports.filing.declare.duties import Role
from reports.filing.declare.obligations import Obligation
from reports.filing.declare.regime import Regime
from reports.present.cells import printable

_CHANGES_ZH = {"added": "新增", "changed": "变更", "ended": "终止"}


def disclosure_deadlines(rules: Rules, obligations: Iterable[Obligation]) -> list[Deadline]:
    """The deadlines of obligations due by the last day looked at, without those that arose before the rule was in force."""
    since = rules.regime.due.since
    return [
        _deadline(rules, obligation)
        for obligation in obligations
        if obligation.due_on <= rules.until and (since is None or obligation.since_on >= since)
    ]


def _deadline(rules: Rules, obligation: Obligation) -> Deadline:
    title_zh, title_en, action = _words(rules.regime, obligation)
    is_risk = obligation.obligation_kind == "risk_event"
    is_done = obligation.disclosed_at is not None
    return Deadline(
        code=f"{rules.regime.name}:{obligation.code}",
        regime=rules.regime.name,
        kind=obligation.obligation_kind,
        subject=obligation.what,
        title_zh=title_zh,
        title_en=title_en,
        note=obligation.note,
        since_at=obligation.since_at,
        since_on=obligation.since_on,
        # Hours are short: a deadline of hours is urgent at once.
        soon_at=obligation.since_at if is_risk else rules.soon_at(obligation.due_on),
        due_before=obligation.due_before,
        due_on=obligation.due_on,
        is_by_hour=is_risk,
        is_provisional=not is_risk and rules.is_provisional(obligation.since_on, obligation.due_on),
        done_at=obligation.disclosed_at,
        done_on=obligation.disclosed_on,
        role=None if is_done else _role(rules.regime, obligation),
        action="" if is_done else action,
        basis=obligation.basis,
    )


def _role(regime: Regime, obligation: Obligation) -> Role:
    rule = getattr(regime.obligations, obligation.obligation_kind)
    role: Role = rule.role
    return role


def _words(regime: Regime, obligation: Obligation) -> tuple[str, str, str]:
    if obligation.obligation_kind == "risk_event":
        return (
            f"披露重大风险事件：{printable(obligation.note or obligation.what)}",
            f"Major risk event: {printable(obligation.what)}",
            "disclose it, and enter when it was disclosed in the platform's risk events",
        )
    name, _, detail = obligation.what.partition(" ")
    section, _, key = name.partition(".")
    title_zh, title_en = _section_titles(regime).get(section, (section, section))
    if obligation.obligation_kind == "annual_report":
        return (
            f"披露{detail}年度{title_zh}",
            f"{title_en} of {detail}",
            f"disclose it, and enter it in the profile under {section} with disclosed_on",
        )
    of_whom = f"（{key}）" if key else ""
    return (
        f"披露平台信息{_CHANGES_ZH[detail]}：{title_zh}{of_whom}",
        f"Change of the platform's information: {title_en}{f' ({key})' if key else ''} {detail}",
        f"disclose it, and enter the day in the profile under {name}",
    )


def _section_titles(regime: Regime) -> dict[str, tuple[str, str]]:
    form = regime.profile_form
    return {} if form is None else {part.section: (part.title_zh, part.title_en) for part in form.parts}

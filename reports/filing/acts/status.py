"""What `glassbook filing status` and `log` show. Belongs here: words and lines. Does not: finding out the status (facts.py)."""

from __future__ import annotations

from glassbook.settings import Settings
from reports.filing.acts.facts import newest_version, parse_filing_id, situation_of
from reports.filing.life.life import Situation, load_life, next_sentence
from reports.filing.life.log import LogEntry, read_log
from reports.filing.life.states import LEFT, Filing, fold, package_folder, read_head

_MAY_MOVE = " (may move: holidays and worked weekends of its year are not known yet; update `holidays` and run `glassbook filing check`)"


def status_text(settings: Settings, filing_id: str | None) -> str:
    """One filing in full with its earlier versions, or the newest version of every filing in short. Raises ChainBroken."""
    entries = read_log(settings)
    if filing_id is not None:
        regime, period = parse_filing_id(filing_id)
        newest = newest_version(entries, regime, period)
        situation = situation_of(settings, entries, filing_id, newest)
        if newest is None:
            return f"{filing_id}: not opened\n  next  {next_sentence(situation)}\n"
        earlier = [f for f in fold(entries) if (f.regime, f.period) == (regime, period) and f.version < newest.version]
        return _in_full(settings, newest, situation) + "".join(f"  earlier  version {f.version}: {f.state}\n" for f in earlier)
    newest_ones = {(filing.regime, filing.period): filing for filing in fold(entries)}
    if not newest_ones:
        return "No filing was opened yet: glassbook filing open REGIME-PERIOD, the period such as 2019-12.\n"
    lines = []
    for filing in newest_ones.values():
        situation = situation_of(settings, entries, filing.filing_id, filing)
        lines.append(f"{filing.filing_id} version {filing.version}: {filing.state}\n  next  {next_sentence(situation)}\n")
    return "".join(lines)


def log_text(settings: Settings, filing_id: str | None, *, as_json: bool) -> str:
    """The entries of one filing or of all, oldest first. Raises ChainBroken."""
    entries = read_log(settings)
    if filing_id is not None:
        regime, period = parse_filing_id(filing_id)
        entries = [entry for entry in entries if (entry.regime, entry.period) == (regime, period)]
    return "".join(entry.line() if as_json else _line(entry) for entry in entries)


def _in_full(settings: Settings, filing: Filing, situation: Situation) -> str:
    folder = package_folder(settings, filing)
    head = read_head(folder)
    state = load_life().states[filing.state]
    lines = [
        f"{filing.filing_id} version {filing.version}: {filing.state} {state.name_zh} ({state.means})",
        f"  due      {head['due_on']}" + (_MAY_MOVE if head.get("due_on_is_provisional") else ""),
        f"  data     snapshot {head['snapshot']}, known at {head['known_at']}",
        f"  package  {folder}",
        f"  seal     {filing.seal}",
    ]
    lines += [f"  open     {code}" for code in situation.errors]
    lines += [f"  warning  {code} has no reason yet" for code in situation.unexplained]
    lines += [f"  again     {why}" for why in situation.outdated]
    lines += [f"  newer    {what}" for what in situation.newer]
    lines += [f"  signed   {role}: {person}" for role, person in situation.signed.items()]
    waiting = () if filing.state in LEFT else tuple(role for role in load_life().roles if role not in situation.signed)
    lines += [f"  unsigned {role}" for role in waiting]
    return "\n".join([*lines, f"  next     {next_sentence(situation)}"]) + "\n"


def _line(entry: LogEntry) -> str:
    what = " ".join(part for part in (entry.action, entry.code, entry.role and f"as {entry.role}") if part)
    why = "".join(f"; {label}: {text}" for label, text in (("reason", entry.reason), ("receipt", entry.receipt)) if text)
    return f"{entry.sequence:>5}  {entry.at}  {entry.regime}-{entry.period} v{entry.version}  {entry.who}: {what} → {entry.state}{why}\n"

"""What a person decides about rows in quarantine: accept that they are left out, or have them judged again and release them into the lake.

Belongs here: choosing the rows and writing the decision as one entry of the load log. Does not: what is held
(`ingestion.loading.held_rows`), how it is shown (`pages`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import duckdb

from glassbook.clock import now
from glassbook.errors import InputError
from glassbook.lake.comparison import require_whole
from glassbook.lake.loads import Load, RecordedDecision, TableLoad, files_of, next_loaded_at, visible_loads, write_entry
from glassbook.lake.log import require_known
from glassbook.settings import Settings
from glassbook.sql_text import quoted
from ingestion.contract import load_contract
from ingestion.contract.horizon import horizon_of
from ingestion.loading.content_hash import HASH_VERSION
from ingestion.loading.held_rows import HELD_STATES, Choice, open_rows, quarantine_sql
from ingestion.loading.lake_writer import begin, clean, engine_of, only_writer, swept_on_failure
from ingestion.loading.superseding import write_states
from ingestion.loading.table_work import TableWork
from ingestion.quarantine.rejudging import Rejudged, rejudge

SOURCE = "quarantine"
"""What the load log calls the source of a decision."""


_Decide: TypeAlias = Callable[[TableWork], tuple[TableLoad, list[Rejudged]]]
"""The effect of a decision on the rows of `chosen` of one table: what the log says about it, and the rows that a rule still holds."""


@dataclass(frozen=True)
class Decided:
    """The result of a decision: the entry of the load log (None: nothing changed), the rows decided, and those that a rule still holds."""

    load: Load | None
    rows: int
    still_held: list[Rejudged]


def accept(settings: Settings, choice: Choice, by: str, reason: str) -> Decided:
    """Accepts open rows as left out of every figure, by name and with a reason.

    Raises InputError for an empty name or reason, an unknown id, a row that is not open, or a choice without rows.
    """
    decision = RecordedDecision("accept", _said(by, "--by"), _said(reason, "--reason"))

    def decide(work: TableWork) -> tuple[TableLoad, list[Rejudged]]:
        work.engine.execute(
            f"create or replace temp table decided as select table_name, load_seq as held_load_seq, row_no, 'accepted' as state_code, "
            f"{work.load_seq}::bigint as _load_seq from chosen where table_name = '{work.table.name}'"
        )
        states, count = write_states(work, "decided"), work.count("decided")
        return TableLoad(is_supplied=True, states_path=states.path, states_sha256=states.sha256, rows_accepted=count), []

    return _decide(settings, choice, decision, ("open",), decide)


def release(settings: Settings, choice: Choice, by: str, reason: str = "") -> Decided:
    """Judges open and accepted rows again by today's rules; those that keep them enter the lake, known from now on.

    Raises InputError as `accept` does, and for a row whose values are not of the contract's types any more.
    """
    decision = RecordedDecision("release", _said(by, "--by"), reason.strip())
    return _decide(settings, choice, decision, HELD_STATES, rejudge)


def _decide(settings: Settings, choice: Choice, decision: RecordedDecision, states: Sequence[str], decide: _Decide) -> Decided:
    with only_writer(settings):
        loads = visible_loads(settings)
        require_known(settings, [load.load_id for load in loads])
        load_seq = loads[-1].load_seq + 1 if loads else 1
        started_at = now(settings)
        require_whole(settings, files_of(loads))
        begin(settings, load_seq)
        with swept_on_failure(settings, load_seq), engine_of(settings) as engine:
            _choose(settings, engine, loads, choice, states)
            horizon, still_held = horizon_of(settings, started_at), list[Rejudged]()
            names = [name for (name,) in engine.execute("select distinct table_name from chosen order by 1").fetchall()]
            written = {}
            for name in names:
                report, held = decide(TableWork(settings, engine, load_contract().tables[name], load_seq, loads, horizon))
                still_held += held
                if report.rows_accepted or report.rows_released:
                    rows = quarantine_sql(settings, loads, name, also_states=report.states_path)
                    written[name] = replace(report, rows_open=open_rows(engine, rows))
            if not written:
                clean(settings, load_seq)
                return Decided(None, 0, still_held)
            named = engine.execute("select quarantine_id, _row_hash from chosen order by all").fetchall()
        load = Load(
            load_seq=load_seq,
            load_id=_load_id(decision, named, written),
            loaded_at=next_loaded_at(loads, now(settings)),
            started_at=started_at,
            source=SOURCE,
            contract_version=load_contract().version,
            tables=written,
            decision=decision,
            hash_version=HASH_VERSION,
        )
        write_entry(settings, load)
        return Decided(load, sum(t.rows_accepted + t.rows_released for t in written.values()), still_held)


def _load_id(decision: RecordedDecision, named: list[tuple[str, int]], written: dict[str, TableLoad]) -> str:
    """Name of a decision, made from its content, so that the same one has the same name on every machine."""
    done = [(name, t.content, t.rows_accepted, t.rows_released) for name, t in sorted(written.items())]
    return hashlib.sha256(repr((decision, named, done)).encode()).hexdigest()[:16]


def _choose(settings: Settings, engine: duckdb.DuckDBPyConnection, loads: list[Load], choice: Choice, states: Sequence[str]) -> None:
    """Makes the temp table `chosen` of the rows chosen. Raises InputError for an unknown id, for a row in a state that allows no decision,
    or for no row at all."""
    rows = quarantine_sql(settings, loads)
    engine.execute(f"create or replace temp table chosen as select * from {rows} where {choice.condition}")
    if choice.ids:
        found = dict(engine.execute("select quarantine_id, state_code from chosen").fetchall())
        for held in choice.ids:
            state = found.get(str(held))
            if state is None:
                raise InputError(
                    found=f"no row {held} among those in quarantine",
                    where=str(settings.lake_dir),
                    expected="ids of rows in quarantine, of the table, rule and load that are named",
                    remedy="Copy them from `glassbook quarantine list --state all`.",
                )
            if state not in states:
                raise InputError(
                    found=f"{held}, which is {state}",
                    where="the rows to decide on",
                    expected=f"rows that are {' or '.join(states)}",
                    remedy=f"`glassbook quarantine show {held}` says what became of it; leave it out.",
                )
    engine.execute(f"delete from chosen where state_code not in ({', '.join(map(quoted, states))})")
    if not engine.execute("select 1 from chosen limit 1").fetchall():
        raise InputError(
            found="no such row",
            where="the rows to decide on",
            expected=f"at least one row that is {' or '.join(states)}",
            remedy="`glassbook quarantine list --state all` shows what there is.",
        )


def _said(text: str, option: str) -> str:
    said = " ".join(text.split())
    if said:
        return said
    raise InputError(
        found="nothing", where=option, expected="the name of a person and a reason", remedy="Both are part of the filing: say who and why."
    )

"""Writes a simulated platform into a live database, or adds days to one that is there.

Belongs here: the order of the steps and what is refused. Does not: a server's statements, or what the platform does.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from glassbook.errors import InputError
from glassbook.faults import checkpoint
from ingestion.sources.registry import name_of_scheme
from simulator.anomalies import ALL_PLANTED, STANDING
from simulator.database.records import Moment, Records, vanished
from simulator.database.schema import tables_in_order
from simulator.database.server import MARKER_TABLE, Marker, Server
from simulator.folder import refuse_dates
from simulator.plan import Plan
from simulator.run import simulate

PLANTED_KINDS = sorted({planted.kind for planted in ALL_PLANTED} | {entry["kind"] for _, entry in STANDING})

# Tables that an error names before it says that there are more.
NAMED = 5


@dataclass
class WrittenRows:
    """What a run did to a database: rows by table, and its list of anomalies."""

    name: str
    until: date
    is_new: bool = False
    inserted: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    anomalies: list[dict[str, Any]] = field(default_factory=list)


def simulate_database(url: str, loans: int, seed: int, start: date, end: date, anomalies: bool = True) -> WrittenRows:
    """Makes the database at `url` hold the platform as it is at the end of `end`.

    An empty database gets tables and rows; one that holds the same platform until an earlier day gets what came, changed and went since,
    in one transaction; one that holds it until that day stays as it is. A run that was killed is repeated.

    Raises InputError when the database holds anything else, or the platform at a later day, or does not answer.
    """
    plan = Plan(loans=loans, seed=seed, start=start, end=end, has_anomalies=anomalies)
    refuse_dates(plan)
    wanted = Marker(seed, loans, start, anomalies, end)
    with open_server(url) as server:
        held = server.marker()
        _refuse(server, held, wanted)
        written = WrittenRows(server.name, end, is_new=held is None or held.until is None)
        if held is not None and held.until == end:
            return written
        with tempfile.TemporaryDirectory(prefix="simulated-") as place:
            folder = Path(place) / "platform"
            planted = simulate(folder, loans, seed, start, end, anomalies).anomalies
            with Records(folder, plan, planted) as records:
                if held is None or held.until is None:
                    _fill(server, records, written, replace(wanted, until=None))
                else:
                    _extend(server, records, written, Moment.after(replace(plan, end=held.until)))
                written.anomalies += records.anomalies()
        server.note(wanted, written.anomalies, PLANTED_KINDS)
        checkpoint("simulate_before_commit")
        server.commit()
    return written


def last_day(url: str) -> date | None:
    """Until when the database at `url` holds a simulated platform; None when it holds none. Raises InputError when it does not answer."""
    with open_server(url) as server:
        held = server.marker()
    return held.until if held else None


def open_server(url: str) -> Server:
    """The server of an address. Raises InputError for a kind that is not known."""
    scheme = url.partition("://")[0]
    engine = name_of_scheme(scheme)
    if engine == "postgresql":
        from simulator.database.postgresql import PostgresServer

        return PostgresServer(url)
    if engine == "mysql":
        from simulator.database.mysql import MysqlServer

        return MysqlServer(url)
    raise InputError(
        found=f"an address that begins with {scheme}://",
        where="--out",
        expected="a folder, postgresql://USER@HOST/DATABASE or mysql://USER:PASSWORD@HOST/DATABASE",
        remedy="Name one of these.",
    )


def _fill(server: Server, records: Records, written: WrittenRows, unfinished: Marker) -> None:
    server.make_tables(unfinished)
    for table in tables_in_order():
        written.inserted[table.name] = server.fill(table, records.engine, records.standing(table))
        checkpoint("simulate_between_tables")
        checkpoint(f"simulate_between_tables:{table.name}")
    server.make_indexes()


def _extend(server: Server, records: Records, written: WrittenRows, since: Moment) -> None:
    for table in tables_in_order():
        written.inserted[table.name], written.updated[table.name] = server.write(table, records.engine, records.standing(table, since))
        checkpoint("simulate_between_tables")
        checkpoint(f"simulate_between_tables:{table.name}")
    for table in reversed(tables_in_order()):
        removed = records.removed(table, since)
        found = server.remove(table, list(removed))
        written.deleted[table.name] = len(found)
        written.anomalies += [vanished(table, key, removed[key]) for key in found]


def _refuse(server: Server, held: Marker | None, wanted: Marker) -> None:
    if held is None:
        foreign = server.tables()
        if not foreign:
            return
        found = f"tables that no simulation made ({', '.join(foreign[:NAMED])}{' …' if len(foreign) > NAMED else ''})"
    elif replace(held, until=wanted.until) != wanted:
        found = f"a simulation with seed {held.seed}, {held.loans} loans from {held.start}"
        found += "" if held.has_anomalies == wanted.has_anomalies else f", {'with' if held.has_anomalies else 'without'} anomalies"
    elif held.until is not None and wanted.until is not None and held.until > wanted.until:
        raise InputError(
            found=f"the platform as it is after {held.until}",
            where=server.name,
            expected=f"a day that is not after {wanted.until}: a live database does not go back",
            remedy="Give a later --to, or make a new database.",
        )
    else:
        return
    raise InputError(
        found=found,
        where=server.name,
        expected=f"an empty database, or a simulation with seed {wanted.seed}, {wanted.loans} loans from {wanted.start} "
        f"(its table {MARKER_TABLE} says which)",
        remedy="Name another database, or empty this one yourself.",
    )

"""The load log: one JSON entry per load; writing it makes the whole load visible at once.

Belongs here: the shape of an entry, reading and writing it. Does not: how rows are judged (`load`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from glassbook.lake.comparison import KINDS, pointing_to_merged
from glassbook.lake.log import LogBroken, append_entry, entry_path, known_instants, read_entries, without_links
from glassbook.settings import Settings

_ALWAYS = ("is_supplied", "rows_read", "rows_new", "rows_unchanged", "rows_duplicate", "rows_quarantined")
MERGED = ".merged.parquet"
"""How the name of a merged file ends."""


@dataclass(frozen=True)
class TableLoad:
    """What a load did to one table.

    rows_read + rows_released + rows_withdrawn = new + unchanged + duplicate + quarantined, and the same for every money sum (text with 2
    decimals). rows_at_source and the sum `source`: what the source itself counted. rows_gone: keys that the source no longer has. For an
    append table `gone_path` lists them, and the sum `gone` is theirs; for a mutable table `path` holds a version with deleted_at. `content`
    (of the new rows) and `digests` (of those quarantined, superseded, gone, withdrawn) are equal wherever the same rows are loaded;
    `sha256` is of the file. is_windowed: only rows from `read_from` on were requested.

    rows_withdrawn: rows of the lake that this load put into quarantine, because today's rules of form hold them back. `withdrawn_path`
    lists them, they are among rows_quarantined, and the sum `withdrawn` is theirs.

    rows_superseded, rows_accepted, rows_released: rows in quarantine that this entry moved to that state, listed in `states_path`;
    rows_open: how many are open after it (None in entries older than that field).

    deletions: whether rows that the source deleted are found by this load (`now`), by the next reconciliation (`reconcile`) or `never`;
    empty in entries older than that field.

    null_words: by text column, how many rows came with which word for null; null_words_read: which of these were read as null.

    replaced_path: the file that the load wrote, where its rows are now in a merged file (not part of an entry).
    """

    is_supplied: bool
    path: str | None = None
    quarantine_path: str | None = None
    rows_read: int = 0
    rows_new: int = 0
    rows_unchanged: int = 0
    rows_duplicate: int = 0
    rows_quarantined: int = 0
    money_sums: dict[str, dict[str, str]] = field(default_factory=dict)
    cursor_from: str | None = None
    cursor_to: str | None = None
    missing_columns: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    content: str | None = None
    sha256: str | None = None
    bytes: int = 0
    rows_at_source: int | None = None
    rows_gone: int = 0
    gone_path: str | None = None
    is_windowed: bool = False
    read_from: str | None = None
    source_columns: dict[str, str] = field(default_factory=dict)
    mapping_signature: str | None = None
    drift: list[str] = field(default_factory=list)
    states_path: str | None = None
    rows_superseded: int = 0
    rows_accepted: int = 0
    rows_released: int = 0
    rows_open: int | None = None
    digests: dict[str, str] = field(default_factory=dict)
    null_words: dict[str, dict[str, int]] = field(default_factory=dict)
    null_words_read: dict[str, list[str]] = field(default_factory=dict)
    rows_withdrawn: int = 0
    withdrawn_path: str | None = None
    deletions: str = ""
    quarantine_sha256: str | None = None
    gone_sha256: str | None = None
    states_sha256: str | None = None
    withdrawn_sha256: str | None = None
    replaced_path: str | None = field(default=None, compare=False)

    def files(self) -> dict[str, str | None]:
        """SHA-256 of each file, below the lake, that this table's part of the entry names."""
        own = vars(self)
        return {path: own[digest] for name, digest in _FILE_FIELDS if (path := own[name])}


_FILE_FIELDS = tuple((f"{kind}path", f"{kind}sha256") for kind in KINDS)
_NOTHING_DONE: dict[str, Any] = vars(TableLoad(is_supplied=False))


def _table_load(said: Mapping[str, Any]) -> TableLoad:
    """A table's part of an entry, as `TableLoad(**said)` makes it, in a seventh of the time: a year of daily loads has 13,500 of them, and
    each command reads all. Raises TypeError for a part that this version does not know."""
    if "is_supplied" not in said or not said.keys() <= _NOTHING_DONE.keys():
        raise TypeError(f"a table's part has the fields {', '.join(sorted(said))}")
    part = object.__new__(TableLoad)
    vars(part).update({**_NOTHING_DONE, **said})
    return part


@dataclass(frozen=True)
class RecordedDecision:
    """A person's decision: kind `accept` or `release` for rows in quarantine, or `clock` for instants; by whom, and why (may be empty for a
    release)."""

    kind: str
    by: str
    reason: str


@dataclass(frozen=True)
class Compacted:
    """A file into which the files of a table were merged: path below the lake, SHA-256, first and last of the loads, and its rows."""

    path: str
    sha256: str
    first_seq: int
    last_seq: int
    rows: int


@dataclass(frozen=True)
class Load:
    """One entry of the load log: a load of a source or, with a `decision`, what a person decided.

    Instants are aware, in UTC. `started_at`: before anything was read (None in entries older than that field). `loaded_at`: when it became
    visible, as known now; `told_at`: the same as the entry says, before a later entry corrected it. `corrected`: by number, the right
    instants of entries that were written while a clock was wrong. `hash_version`: how the hashes of its rows were made
    (`ingestion.loading.content_hash`). `ignored`: files and folders of the source that were not read, each with the rule that says why.
    `rules_version`: the rules of form that its rows passed (`ingestion.contract.form_rules`). `complete_until`: the business day up to
    which the source is complete, as it says. `surplus_rights`: what the login may do at the source besides reading.
    `compacted`, by table: files that were merged; `path` in the entries that wrote them is then the merged file.
    """

    load_seq: int
    load_id: str
    loaded_at: datetime
    source: str
    contract_version: int
    tables: dict[str, TableLoad]
    started_at: datetime | None = None
    decision: RecordedDecision | None = None
    hash_version: int = 1
    ignored: list[str] = field(default_factory=list)
    rules_version: int = 1
    complete_until: date | None = None
    corrected: dict[str, str] = field(default_factory=dict)
    compacted: dict[str, Compacted] = field(default_factory=dict)
    told_at: datetime | None = field(default=None, compare=False)
    surplus_rights: list[str] = field(default_factory=list)

    @property
    def rows_superseded(self) -> int:
        """Rows in quarantine that this load found fixed or no longer at the source, all tables together."""
        return sum(table.rows_superseded for table in self.tables.values())

    @property
    def rows_gone(self) -> int:
        """Keys that this load found gone from the source, all tables together."""
        return sum(table.rows_gone for table in self.tables.values())

    @property
    def rows_new(self) -> int:
        """Rows that this load added to the lake, all tables together."""
        return sum(table.rows_new for table in self.tables.values())

    @property
    def rows_quarantined(self) -> int:
        """Rows that this load put into quarantine, all tables together."""
        return sum(table.rows_quarantined for table in self.tables.values())


def _from_json(record: dict[str, Any]) -> Load:
    record = without_links(record)
    tables = {name: _table_load(said) for name, said in record.pop("tables").items()}
    instants = {name: datetime.fromisoformat(record.pop(name)) for name in ("loaded_at", "started_at") if record.get(name)}
    decision = record.pop("decision", None)
    until = record.pop("complete_until", None)
    compacted = {name: Compacted(**merged) for name, merged in record.pop("compacted", {}).items()}
    return Load(
        tables=tables,
        compacted=compacted,
        decision=RecordedDecision(**decision) if decision else None,
        complete_until=date.fromisoformat(until) if until else None,
        **(record | instants),
    )


def visible_loads(settings: Settings, known_at: datetime | None = None) -> list[Load]:
    """Every load that was visible by `known_at` (now when None), oldest first. Raises LogBroken for a damaged log."""
    return known_by(loads_of(settings, read_entries(settings)), known_at)


def loads_of(settings: Settings, records: Sequence[Mapping[str, Any]]) -> list[Load]:
    """Turns entries of the log, as they were read, into loads. Raises LogBroken for one that this version does not know."""
    loads = []
    for number, record in enumerate(pointing_to_merged(records), start=1):
        try:
            loads.append(_from_json(record))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise LogBroken(
                f"{entry_path(settings, number)}: is not an entry that this version reads ({type(error).__name__}: {error}). "
                "Restore it from a backup, or use the version of Glassbook that wrote it."
            ) from error
    return [replace(load, loaded_at=instant, told_at=load.loaded_at) for load, instant in zip(loads, known_instants(records), strict=True)]


def known_by(loads: list[Load], known_at: datetime | None) -> list[Load]:
    """The loads that were visible by an instant (UTC where it has no offset); all when None.

    An instant from before a correction of the clock still selects what was known then, with the instants as they were recorded then:
    filings made in between cite them.
    """
    if known_at is None:
        return loads
    limit = known_at.replace(tzinfo=UTC) if known_at.tzinfo is None else known_at
    for number, load in enumerate(loads, start=1):
        if load.told_at == limit != load.loaded_at:
            corrected = {int(n): datetime.fromisoformat(at) for by in loads[:number] for n, at in by.corrected.items()}
            return [replace(x, loaded_at=corrected.get(x.load_seq, x.told_at or x.loaded_at)) for x in loads[:number]]
    return [load for load in loads if load.loaded_at <= limit]


def source_loads(loads: list[Load]) -> list[Load]:
    """The entries of loads from a source, without the decisions."""
    return [load for load in loads if load.decision is None]


def files_of(loads: Iterable[Load], tables: Collection[str] | None = None) -> dict[str, str | None]:
    """SHA-256 of each file, below the lake, that entries name, of all tables or some; None where older code did not record it."""
    parts = (
        part for load in loads for part in (load.tables.values() if tables is None else map(load.tables.get, tables)) if part is not None
    )
    return {path: digest for part in parts for path, digest in part.files().items()}


def next_loaded_at(loads: list[Load], instant: datetime) -> datetime:
    """When the entry after `loads` becomes visible: never before the entry that it follows, whatever the clock says, so that an instant
    means exactly one state of the lake."""
    return max([instant, *(load.loaded_at + timedelta(microseconds=1) for load in loads[-1:])])


def _said(part: TableLoad) -> dict[str, Any]:
    """A table's part of an entry, without default values, except the counts of rows.

    Every command reads the whole log, and half of it was default values.
    """
    said = (item for item in vars(part).items() if item[0] != "replaced_path")
    return {name: value for name, value in said if name in _ALWAYS or value != _NOTHING_DONE[name]}


def write_entry(settings: Settings, load: Load) -> None:
    """Makes `load` visible in one step."""
    record = asdict(replace(load, tables={})) | {
        "tables": {name: _said(part) for name, part in load.tables.items()},
        "loaded_at": load.loaded_at.isoformat(),
        "started_at": load.started_at.isoformat() if load.started_at else None,
        "complete_until": load.complete_until.isoformat() if load.complete_until else None,
    }
    del record["told_at"]
    append_entry(settings, load.load_seq, record)

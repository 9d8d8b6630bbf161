"""Makes the filing of a regime for a period from a frozen snapshot: collects every document and passes them on to be sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from glassbook.errors import CheckFailed, InputError
from glassbook.profile import Profile, load_profile, profile_digest
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.figures.reading import read_figures
from reports.filing.declare.period import Period, due_on, is_due_provisional, parse_period
from reports.filing.declare.regime import Regime, load_regime
from reports.filing.life.owed import OwedFiling, known_filings, owed_by_end_of
from reports.filing.make.conditions import read_conditions
from reports.filing.make.controls import read_controls
from reports.filing.make.edit_facts import hand_in_facts
from reports.filing.make.edits import EditResult, Reason, run_edits
from reports.filing.make.origins import read_origins
from reports.filing.make.replacing import Explain, Stated
from reports.filing.package.seal import sha256
from reports.filing.render.breakdowns import read_breakdown
from reports.filing.render.documents import FormSources, build_documents, read_tables

if TYPE_CHECKING:
    import duckdb

FIRST_VERSION = 1


@dataclass(frozen=True)
class Terms:
    """What a filing says besides its data: its place among versions, who must sign it, and the reasons given for warnings, by code.

    `replaces` names version and seal of the version before; `signers` are roles, none for a package outside the life of a filing.
    `explain` says what changed since the version before, for the annex. It is passed in, since this engine does not compare filings.
    """

    version: int = FIRST_VERSION
    replaces: Mapping[str, Any] | None = None
    signers: tuple[str, ...] = ()
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    explain: Explain | None = None


@dataclass(frozen=True)
class Occasion:
    """The inputs of a filing: regime, period, due day, snapshot, profile with its SHA-256, and the filings owed before it."""

    regime: Regime
    period: Period
    due_on: date
    snapshot: Snapshot
    profile: Profile | None
    profile_sha256: str | None
    owed: tuple[OwedFiling, ...]


@dataclass(frozen=True)
class MadeFiling:
    """The documents of a filing, not yet written anywhere; `open_edits`: what must be fixed before anyone may sign."""

    contents: dict[str, bytes]
    regime: str
    period: str
    status: str
    open_edits: tuple[str, ...]
    snapshot_id: str
    due_on: date


def make_filing(
    settings: Settings,
    regime: str,
    period: str,
    *,
    snapshot: Snapshot | None = None,
    terms: Terms | None = None,
    with_attachments: bool = True,
) -> MadeFiling:
    """Every document of the filing, from the current snapshot unless given one. Raises InputError for an unusable regime,
    period or snapshot.

    Without attachments, the profile comes from a package, which holds only their hashes.
    """
    terms = terms or Terms()
    occasion = _occasion(settings, regime, period, snapshot or current_snapshot(settings), with_attachments=with_attachments)
    _refuse_unfinished(occasion.snapshot, occasion.period)
    declared, last_on = occasion.regime, occasion.period.last_on
    figures = read_figures(occasion.snapshot, declared, last_on)
    with _complete(occasion.snapshot, declared), connect(occasion.snapshot.database) as connection:
        declared = declared.said_in(_parameters(connection).get("currency", settings.currency))
        hand_in_facts(connection, settings, declared, occasion.profile, occasion.owed, occasion.period)
        edits = run_edits(connection, declared.name, last_on)
        breakdowns = [read_breakdown(connection, part, figures) for part in declared.breakdowns]
        controls = read_controls(connection, declared, figures, breakdowns)
        sources = FormSources(figures, breakdowns, read_tables(connection, declared, last_on), occasion.profile)
        lacking = sources.lacking + (("profile",) if declared.profile_form is not None and occasion.profile is None else ())
        open_edits = tuple(edit.check.code for edit in edits if edit.is_open) + lacking + (() if controls["holds"] else ("controls",))
        status = "draft" if open_edits else "validated"
        head = _head(connection, settings, occasion, status, terms)
        checks = _checks(edits, open_edits, terms.reasons)
        contents = {
            "filing.json": _json(head),
            "figures.csv": figures.to_csv().encode(),
            "figures.json": figures.to_json().encode(),
            "checks.json": _json(checks),
            "controls.json": _json(controls),
            "lineage.json": _json(read_origins(connection, declared, figures)),
        }
    further = []
    if terms.explain is not None:
        explained = terms.explain(Stated(declared, last_on, head, figures, occasion.snapshot))
        contents |= explained.contents
        further.append(explained.sheet)
    contents |= build_documents(declared, head, contents["figures.json"], checks["edits"], sources, further)
    if occasion.profile is not None:
        # It stays with the filing, so that the filing can be made again after the profile has changed.
        contents["profile.yml"] = settings.profile_file.read_bytes()
        if sha256(contents["profile.yml"]) != occasion.profile_sha256:
            raise CheckFailed(f"{settings.profile_file} was changed while the filing was made from it. Run the same command again.")
    return MadeFiling(contents, declared.name, occasion.period.name, status, open_edits, occasion.snapshot.snapshot_id, occasion.due_on)


def newer_content(settings: Settings, regime: str, period: str, snapshot: Snapshot) -> dict[str, Any]:
    """What a snapshot says of a period, without rendering a form: the figures of figures.json and the edits of checks.json.

    It shows whether a filing from another snapshot would differ. Raises InputError for an unusable regime, period or snapshot.
    """
    occasion = _occasion(settings, regime, period, snapshot, with_attachments=False)
    declared, span = occasion.regime, occasion.period
    figures = read_figures(snapshot, declared, span.last_on)
    with _complete(snapshot, declared), connect(snapshot.database) as connection:
        hand_in_facts(connection, settings, declared, occasion.profile, occasion.owed, span)
        edits = run_edits(connection, declared.name, span.last_on)
    return {"figures": json.loads(figures.to_json())["figures"], "edits": [edit.record() for edit in edits]}


def _occasion(settings: Settings, regime: str, period: str, snapshot: Snapshot, *, with_attachments: bool) -> Occasion:
    declared = load_regime(regime)
    span = parse_period(period, declared.frequency)
    profile, profile_sha256 = _profile(settings, declared, with_attachments=with_attachments)
    due, owed = due_on(declared, span, settings.country), owed_by_end_of(settings, declared, span)
    return Occasion(declared, span, due, snapshot, profile, profile_sha256, tuple(owed))


@contextmanager
def _complete(snapshot: Snapshot, regime: Regime) -> Iterator[None]:
    """Turns the error for a relation missing in the snapshot into one that says what to do."""
    import duckdb

    try:
        yield
    except duckdb.CatalogException as error:
        raise InputError(
            found=str(error).splitlines()[0],
            where=f"snapshot {snapshot.snapshot_id}",
            expected=f"every relation that the catalogue and the forms of {regime.name} name",
            remedy="Build the snapshot again with this version of the models.",
        ) from error


def _refuse_unfinished(snapshot: Snapshot, period: Period) -> None:
    """Raises InputError unless the period had ended when its data was loaded, and the data reaches into it."""
    zone = ZoneInfo(snapshot.manifest["timezone"])
    known_on = snapshot.known_at.astimezone(zone).date()
    reaches = snapshot.as_of
    if known_on <= period.last_on:
        found = f"data as known on {known_on}, before the period had ended"
    elif reaches is not None and reaches < period.first_on:
        found = f"data that ends on {reaches}, before the period began"
    else:
        return
    raise InputError(
        found=found,
        where=f"period {period.name}, snapshot {snapshot.snapshot_id}",
        expected=f"data up to {period.last_on}, loaded after that day",
        remedy="Run `glassbook ingest` and `glassbook build` once the period is over, or file an earlier one.",
    )


def _parameters(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(connection.execute("select name, value from ctl_parameters").fetchall())


def _head(connection: duckdb.DuckDBPyConnection, settings: Settings, occasion: Occasion, status: str, terms: Terms) -> dict[str, Any]:
    """The content of filing.json; keys keep their order, since packages are compared byte for byte."""
    manifest, parameters = occasion.snapshot.manifest, _parameters(connection)
    head = {
        "regime": occasion.regime.name,
        "title_zh": occasion.regime.title_zh,
        "title_en": occasion.regime.title_en,
        "basis": occasion.regime.basis,
        "platform_name": parameters.get("platform_name", ""),
        "period": occasion.period.name,
        "period_first_on": occasion.period.first_on.isoformat(),
        "period_last_on": occasion.period.last_on.isoformat(),
        "due_on": occasion.due_on.isoformat(),
        "due_basis": occasion.regime.due.basis,
        "version": terms.version,
        "replaces": None if terms.replaces is None else dict(terms.replaces),
        "status": status,
        "sign_offs": list(terms.signers),
        "as_of": occasion.period.last_on.isoformat(),
        "data_until": manifest["as_of"],
        "known_at": manifest["known_at"],
        "timezone": manifest["timezone"],
        "snapshot": occasion.snapshot.snapshot_id,
        "code_version": manifest.get("code_version"),
        "engine": manifest.get("engine"),
        "rule_set_version": manifest.get("rule_set_version"),
        "contract_version": manifest.get("contract_version"),
    }
    head |= {} if occasion.regime.profile_form is None else {"profile_sha256": occasion.profile_sha256}
    # Only where it is true: a guessed due day must not be sealed as if it were known.
    head |= {"due_on_is_provisional": True} if is_due_provisional(occasion.due_on, settings.country) else {}
    head |= {"country": settings.country} | read_conditions(connection, occasion.regime.name)
    return head | {
        "known_filings": known_filings(occasion.owed),
        "filings_since": settings.filings_since and settings.filings_since.isoformat(),
    }


def _checks(edits: list[EditResult], open_edits: tuple[str, ...], reasons: Mapping[str, Reason]) -> dict[str, Any]:
    return {"open": list(open_edits), "edits": [edit.record(reasons.get(edit.check.code)) for edit in edits]}


def _profile(settings: Settings, regime: Regime, *, with_attachments: bool) -> tuple[Profile | None, str | None]:
    """The platform profile and its SHA-256, for a regime with a form for it; None without a profile: the filing is then a draft."""
    if regime.profile_form is None or not settings.profile_file.exists():
        return None, None
    # Hash it before reading, and compare the bytes at the end: a save in between would make a filing of two profiles.
    digest = profile_digest(settings.profile_file)
    return load_profile(settings.profile_file, with_attachments=with_attachments), digest


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()

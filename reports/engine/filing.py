"""Makes the filing of a regime for a period from a frozen snapshot: gathers every document, then hands them to be sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from glassbook.catalogue import load_metrics
from glassbook.errors import InputError
from glassbook.profile import Profile, load_profile, profile_digest
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.engine.breakdowns import read_breakdown
from reports.engine.controls import read_controls
from reports.engine.documents import FormSources, build_documents, read_tables
from reports.engine.edits import EditResult, run_edits
from reports.engine.package import write_package
from reports.engine.period import Period, due_on, parse_period
from reports.engine.regime import Regime, load_regime
from reports.explain import figure_models, row_source
from reports.figures import FigureSet, read_figures
from reports.lineage import Lineage

if TYPE_CHECKING:
    import duckdb

FIRST_VERSION = 1


@dataclass(frozen=True)
class FilingResult:
    """What was filed. A draft has `open_edits`: error edits that fired or crashed, what a form lacks, control totals that broke."""

    folder: Path
    archive: Path
    regime: str
    period: str
    status: str
    open_edits: tuple[str, ...]
    seal: str
    snapshot_id: str
    due_on: date
    is_new: bool

    @property
    def is_draft(self) -> bool:
        """Whether something must be put right before anyone may sign; the command then exits 1."""
        return self.status == "draft"


def write_filing(
    settings: Settings,
    regime: str,
    period: str,
    out: Path,
    *,
    snapshot: Snapshot | None = None,
    previous_seal: str | None = None,
) -> FilingResult:
    """Writes the package of `regime` for `period` as the folder `out` and the archive `out`.zip.

    Reads the current snapshot unless given one. The same data gives the same bytes. Raises InputError for a regime, a
    period or a place that will not do; nothing is written then.
    """
    declared = load_regime(regime)
    span = parse_period(period, declared.frequency)
    frozen = snapshot or current_snapshot(settings)
    _refuse_unfinished(frozen, span)
    figures = read_figures(frozen, declared, span.last_on)
    due = due_on(declared, span, settings.country)
    profile, profile_sha256 = _profile(settings, declared)
    with _complete(frozen, declared), connect(frozen.database) as connection:
        edits = run_edits(connection, declared.name, span.last_on)
        breakdowns = [read_breakdown(connection, part, figures) for part in declared.breakdowns]
        controls = read_controls(connection, declared, figures, breakdowns)
        sources = FormSources(figures, breakdowns, read_tables(connection, declared, span.last_on), profile)
        lacking = sources.lacking + (("profile",) if declared.profile_form is not None and profile is None else ())
        open_edits = tuple(edit.check.code for edit in edits if edit.is_open)
        status = "draft" if open_edits or lacking or not controls["holds"] else "validated"
        head = _head(declared, span, due, frozen, _parameters(connection), status)
        head |= {} if declared.profile_form is None else {"profile_sha256": profile_sha256}
        checks = _checks(edits, open_edits)
        contents = {
            "filing.json": _json(head),
            "figures.csv": figures.to_csv().encode(),
            "figures.json": figures.to_json().encode(),
            "checks.json": _json(checks),
            "controls.json": _json(controls),
            "lineage.json": _json(_lineage(connection, declared, figures)),
        }
        contents |= build_documents(declared, head, contents["figures.json"], checks["edits"], sources)
        if profile is not None:
            # It stays with the filing, so that the filing can be made again when the platform has moved on.
            contents["profile.yml"] = settings.profile_file.read_bytes()
    written = write_package(out, contents, previous_seal)
    return FilingResult(
        folder=written.folder,
        archive=written.archive,
        regime=declared.name,
        period=span.name,
        status=status,
        open_edits=open_edits + lacking + (() if controls["holds"] else ("controls",)),
        seal=written.seal.whole,
        snapshot_id=frozen.snapshot_id,
        due_on=due,
        is_new=written.is_new,
    )


@contextmanager
def _complete(snapshot: Snapshot, regime: Regime) -> Iterator[None]:
    """Turns a relation that the snapshot does not have into an error that says what to do."""
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
    """A period is filed only when it had ended by the time its data was loaded, and the data reaches into it."""
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


def _head(regime: Regime, period: Period, due: date, snapshot: Snapshot, parameters: dict[str, str], status: str) -> dict[str, Any]:
    manifest = snapshot.manifest
    return {
        "regime": regime.name,
        "title_zh": regime.title_zh,
        "title_en": regime.title_en,
        "basis": regime.basis,
        "platform_name": parameters.get("platform_name", ""),
        "period": period.name,
        "period_first_on": period.first_on.isoformat(),
        "period_last_on": period.last_on.isoformat(),
        "due_on": due.isoformat(),
        "due_basis": regime.due.basis,
        "version": FIRST_VERSION,
        "replaces": None,
        "status": status,
        "sign_offs": [],
        "as_of": period.last_on.isoformat(),
        "data_until": manifest["as_of"],
        "known_at": manifest["known_at"],
        "timezone": manifest["timezone"],
        "snapshot": snapshot.snapshot_id,
        "code_version": manifest.get("code_version"),
        "rule_set_version": manifest.get("rule_set_version"),
        "contract_version": manifest.get("contract_version"),
    }


def _checks(edits: list[EditResult], open_edits: tuple[str, ...]) -> dict[str, Any]:
    return {"open": list(open_edits), "edits": [edit.record() for edit in edits]}


def _lineage(connection: duckdb.DuckDBPyConnection, regime: Regime, figures: FigureSet) -> dict[str, Any]:
    lineage = Lineage(connection)
    metrics = {metric.code: metric for metric in load_metrics(regime.name)}
    entries = []
    for figure in figures.figures:
        metric = metrics.get(figure.code)
        source = None if metric is None else row_source(metric, regime)
        models = [regime.figures_table] if metric is None else figure_models(metric, regime)
        upstream = lineage.upstream(models)
        entries.append(
            {
                "code": figure.code,
                "model": regime.figures_table,
                "row_column": None if source is None else source.column,
                "row_models": models,
                "upstream": upstream,
                "loads": [load.load_id for load in lineage.loads(upstream)],
            }
        )
    return {"figures": entries}


def _profile(settings: Settings, regime: Regime) -> tuple[Profile | None, str | None]:
    """The platform profile and its SHA-256 for a regime that has a form of it; None when there is none yet, which makes a draft."""
    if regime.profile_form is None or not settings.profile_file.exists():
        return None, None
    return load_profile(settings.profile_file), profile_digest(settings.profile_file)


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()

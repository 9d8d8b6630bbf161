"""The assets: each arrow of the way of the data, from the lake to the filing and the page.

Belongs here: what an asset calls and what it reports (rows, sums, seconds, bytes). Does not: business logic of any kind.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import dagster as dg

from glassbook.catalogue import load_checks
from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from ingestion.drift import notes_of
from ingestion.load import Plan, Scope, ingest
from ingestion.mapping import read_mapping
from orchestration.models import model_specs
from warehouse.build import run_build
from warehouse.dbt_runner import NodeResult

LAKE = dg.AssetKey("lake")
SNAPSHOT = dg.AssetKey("snapshot")
FILING = dg.AssetKey("filing")
PUBLIC_SITE = dg.AssetKey("public_site")


class IngestConfig(dg.Config):
    """What to load: `scope` is new, all or reconcile (see ingestion.load); source and mapping are those of the settings where empty.

    An address with a password belongs in the settings: a run's config is kept and shown.
    """

    source: str = ""
    mapping: str = ""
    scope: str = "new"
    is_restored: bool = False
    allow_gone: list[str] = []  # noqa: RUF012 - a pydantic field, copied for each instance


class BuildConfig(dg.Config):
    """How to build; known_at is an ISO instant or empty."""

    full: bool = False
    known_at: str = ""


class FilingConfig(dg.Config):
    """What to file: regime, period such as 2019-12, the folder to write to, and the package that this one replaces, if any."""

    regime: str = "cn"
    period: str = ""
    out: str = ""
    supersedes: str = ""


class SiteConfig(dg.Config):
    """Folder to write the public page to; empty: `site` in the home."""

    out: str = ""


@dg.asset(key=LAKE, group_name="lake", required_resource_keys={"settings"}, description="Append-only Parquet and load log.")
def lake(context: dg.AssetExecutionContext, config: IngestConfig) -> dg.MaterializeResult[Any]:
    """One load from the source."""
    settings: Settings = context.resources.settings
    began = time.perf_counter()
    mapping = Path(config.mapping) if config.mapping else settings.mapping
    plan = Plan(
        mapping=read_mapping(mapping) if mapping else None,
        scope=cast(Scope, config.scope),
        is_restored=config.is_restored,
        allow_gone=frozenset(config.allow_gone),
    )
    load = ingest(settings, config.source or settings.source or settings.platform_dir, plan)
    return dg.MaterializeResult(
        metadata={
            "load_seq": load.load_seq,
            "rows_read": sum(t.rows_read for t in load.tables.values()),
            "rows_new": load.rows_new,
            "rows_quarantined": load.rows_quarantined,
            "rows_gone": load.rows_gone,
            "drift": dg.MetadataValue.json(notes_of(load)),
            "bytes": sum(t.bytes for t in load.tables.values()),
            "seconds": time.perf_counter() - began,
            "money_sums": dg.MetadataValue.json({n: t.money_sums for n, t in load.tables.items() if t.money_sums}),
        }
    )


def _check_specs() -> list[dg.AssetCheckSpec]:
    return [dg.AssetCheckSpec(check.code.replace("-", "_"), asset=SNAPSHOT, description=check.rule_en) for check in load_checks()]


@dg.multi_asset(
    specs=[
        *model_specs(LAKE),
        dg.AssetSpec(SNAPSHOT, group_name="snapshot", description="The published warehouse.", deps=[s.key for s in model_specs(LAKE)]),
    ],
    check_specs=_check_specs(),
    required_resource_keys={"settings"},
    name="warehouse",
)
def warehouse(context: dg.AssetExecutionContext, config: BuildConfig) -> Iterator[Any]:
    """Every model, the checks, and the swap of the snapshot."""
    settings: Settings = context.resources.settings
    models: list[Any] = []
    known_at = datetime.fromisoformat(config.known_at) if config.known_at else None
    snapshot = run_build(settings, full=config.full, known_at=known_at, on_result=models.append)
    with connect(snapshot.database) as connection:
        counts = dict(connection.execute("select table_name, estimated_size from duckdb_tables() where schema_name = 'main'").fetchall())
        outcomes = connection.execute("select check_code, severity, outcome, finding_count from chk_outcomes").fetchall()
    seconds = {model.name: model.seconds for model in models if isinstance(model, NodeResult)}
    for spec in model_specs(LAKE):
        name = spec.key.path[-1]
        metadata: dict[str, Any] = {"seconds": seconds.get(name, 0.0)}
        if name in counts:
            metadata["rows"] = counts[name]
        yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)
    yield dg.MaterializeResult(asset_key=SNAPSHOT, metadata=_snapshot_metadata(snapshot))
    for code, severity, outcome, findings in outcomes:
        yield dg.AssetCheckResult(
            asset_key=SNAPSHOT,
            check_name=code.replace("-", "_"),
            passed=outcome == "passed",
            severity=dg.AssetCheckSeverity.ERROR if severity == "error" else dg.AssetCheckSeverity.WARN,
            metadata={"outcome": outcome, "findings": findings},
        )


def _snapshot_metadata(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "snapshot_id": snapshot.snapshot_id,
        "as_of": snapshot.manifest["as_of"] or "none",
        "known_at": snapshot.manifest["known_at"],
        "bytes": snapshot.database.stat().st_size,
        "path": dg.MetadataValue.path(str(snapshot.folder)),
    }


@dg.asset(key=FILING, group_name="filing", deps=[SNAPSHOT], required_resource_keys={"settings"}, description="The filing of a period.")
def filing(context: dg.AssetExecutionContext, config: FilingConfig) -> dg.MaterializeResult[Any]:
    """Opens the filing of a period, or checks it anew while nobody has signed; without a period that of the last complete month.

    With a folder `out` only a package is written there, which has no part in the life of the filing.
    """
    from reports.engine.filing import write_filing
    from reports.engine.filing_acts import open_or_check

    settings: Settings = context.resources.settings
    period = config.period or _last_complete_month(settings)
    if config.out:
        supersedes = Path(config.supersedes) if config.supersedes else None
        result = write_filing(settings, config.regime, period, Path(config.out), supersedes=supersedes)
        folder, is_draft, next_step = result.folder, result.is_draft, ""
    else:
        act = open_or_check(settings, f"{config.regime}-{period}", settings.person or "monthly_filing")
        folder, is_draft, next_step = act.package, act.filing.state == "draft", act.next
    return dg.MaterializeResult(
        metadata={"path": dg.MetadataValue.path(str(folder)), "is_draft": is_draft, "period": period, "next": next_step}
    )


def _last_complete_month(settings: Settings) -> str:
    from datetime import timedelta

    latest = current_snapshot(settings).as_of
    if latest is None:
        raise InputError(
            found="a platform without any row",
            where="the current snapshot",
            expected="at least one month of history",
            remedy="Load the platform's records, or name the period.",
        )
    next_day = latest + timedelta(days=1)
    end = latest if next_day.day == 1 else latest.replace(day=1) - timedelta(days=1)
    return f"{end:%Y-%m}"


@dg.asset(key=PUBLIC_SITE, group_name="public", deps=[SNAPSHOT], required_resource_keys={"settings"}, description="The transparency page.")
def public_site(context: dg.AssetExecutionContext, config: SiteConfig) -> dg.MaterializeResult[Any]:
    """The static page, from the public snapshot alone."""
    from reports.publish import publish_site

    settings: Settings = context.resources.settings
    out = Path(config.out) if config.out else settings.home / "site"
    page = publish_site(settings, out)
    return dg.MaterializeResult(metadata={"path": dg.MetadataValue.path(str(page))})

"""The lake: one asset per table of the contract, all of them made by one load."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import dagster as dg

from glassbook.settings import Settings
from ingestion.contract import Table, load_contract
from ingestion.loading.load import Scope
from ingestion.loading.step import load
from ingestion.sources.away import SourceAway
from orchestration.checks.form import form_results, form_specs
from orchestration.dbt_translator import LAKE
from orchestration.freshness import lake_freshness
from orchestration.resources import Installation
from orchestration.retries import RETRIES
from orchestration.showing import made


class IngestConfig(dg.Config):
    """What to load: `scope` is new, all or reconcile (see ingestion.loading.load); source and mapping are those of the
    settings where empty.

    An address with a password belongs in the settings: a run's config is kept and shown.
    """

    source: str = ""
    mapping: str = ""
    scope: str = "new"
    is_restored: bool = False
    allow_gone: list[str] = []  # noqa: RUF012 - a pydantic field, copied for each instance


def lake_assets(settings: Settings, retries: dg.RetryPolicy = RETRIES) -> dg.AssetsDefinition:
    """The tables of the lake, with the rules of form as their checks."""

    # Checks of tables that the source does not supply are not run. Dagster lets a step skip outputs only if it can be run for a subset.
    # All tables are made, whatever subset is requested: a load is one unit.
    @dg.multi_asset(
        name=LAKE,
        specs=[_spec(table, settings) for table in load_contract().tables.values()],
        check_specs=form_specs(),
        can_subset=True,
        retry_policy=retries,
    )
    def lake(context: dg.AssetExecutionContext, config: IngestConfig, installation: Installation) -> Iterator[Any]:
        """One load from the source."""
        try:
            run = load(
                installation.settings,
                source=config.source,
                mapping=Path(config.mapping) if config.mapping else None,
                scope=cast(Scope, config.scope),
                is_restored=config.is_restored,
                allow_gone=frozenset(config.allow_gone),
            )
        except SourceAway:
            raise
        except Exception as error:
            # A retry would give the same error: the owner of the source must act.
            raise dg.Failure(description=str(error), allow_retries=False) from error
        whole = {name: run.metadata[name] for name in ("load_seq", "seconds")}
        for name, part in run.parts.items():
            drift = [note for note in run.metadata["drift"] if note.startswith(f"{name}: ")]
            yield made(context, dg.AssetKey([LAKE, name]), whole | part | ({"drift": drift} if drift else {}))
        yield from form_results(installation.settings, run.parts)

    return lake


def _spec(table: Table, settings: Settings) -> dg.AssetSpec:
    columns = [dg.TableColumn(c.name, c.duckdb_type.lower(), c.description) for c in table.columns]
    return dg.AssetSpec(
        dg.AssetKey([LAKE, table.name]),
        group_name=LAKE,
        description=f"{table.description} Append-only Parquet; {table.kind}, key {', '.join(table.key)}.",
        kinds={"parquet"},
        metadata={"dagster/column_schema": dg.TableSchema(columns)},
        freshness_policy=lake_freshness(settings),
    )

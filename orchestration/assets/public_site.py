"""The public site, from the public file of the snapshot in force."""

from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.dbt_translator import SNAPSHOT
from orchestration.resources import Installation
from orchestration.showing import shown
from reports.site.step import publish

PUBLIC_SITE = dg.AssetKey("public_site")


class SiteConfig(dg.Config):
    """Folder to write the public site to; empty: `site` in the home."""

    out: str = ""


@dg.asset(
    key=PUBLIC_SITE,
    group_name="public",
    description="The transparency site.",
    deps=[dg.AssetDep(SNAPSHOT, partition_mapping=dg.LastPartitionMapping())],
)
def public_site(config: SiteConfig, installation: Installation) -> dg.MaterializeResult[Any]:
    """The static site."""
    settings = installation.settings
    run = publish(settings, Path(config.out) if config.out else settings.home / "site")
    return dg.MaterializeResult(metadata=shown(run.metadata))

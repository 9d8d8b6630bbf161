"""Which regimes the models know, and which of them gives the readings of the operating figures.

Belongs here: reading their names. Does not: the rules of a regime (dbt), or how it is filed (`reports`).
"""

from __future__ import annotations

import yaml

from glassbook.errors import InputError
from glassbook.settings import Settings
from warehouse import dbt_runner


def known_regimes() -> tuple[str, ...]:
    """Names of the regimes that the dbt project declares (`vars: regimes`)."""
    project = yaml.safe_load((dbt_runner.PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))
    return tuple(project["vars"]["regimes"])


def home_regime(settings: Settings) -> str:
    """The regime whose readings the operating figures take. Raises InputError that names the setting when no regime has that name."""
    if settings.home_regime not in known_regimes():
        raise InputError(
            found=f"home_regime = {settings.home_regime!r}",
            where="settings (glassbook.toml and GLASSBOOK_*)",
            expected="one of " + ", ".join(known_regimes()),
            remedy="Set home_regime to the regime whose readings the operating figures shall take.",
        )
    return settings.home_regime

"""Which regimes are installed, where each has its folder, and its defaults for settings that an installation does not name.

A regime names its folder, a package, as an entry point of the group `glassbook.regimes`, so that general ground knows none of them. Belongs
here: names, folders and defaults. Does not: what a regime asks for (`reports/regimes/<name>`), its models and dated rows (`dbt_project`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from importlib.metadata import entry_points

_GROUP = "glassbook.regimes"
_DEFAULTS = "settings.toml"


@cache
def _folders() -> dict[str, str]:
    return {point.name: point.value for point in entry_points(group=_GROUP)}


def known_regimes() -> tuple[str, ...]:
    """Names of the regimes that are installed, in alphabetical order."""
    return tuple(sorted(_folders()))


def folder_of(regime: str) -> str:
    """The package that is the folder of a regime. Raises KeyError for a regime that is not installed."""
    return _folders()[regime]


def only_regime() -> str:
    """The installed regime; empty where there are several, of which an installation has to name one."""
    return known_regimes()[0] if len(known_regimes()) == 1 else ""


@cache
def default_settings(regime: str) -> dict[str, str]:
    """Time zone, country and currency of a platform under a regime, by the setting's name.

    Raises KeyError for a regime that is not installed.
    """
    text = (resources.files(folder_of(regime)) / _DEFAULTS).read_text(encoding="utf-8")
    return {name: str(value) for name, value in tomllib.loads(text).items()}

"""Which regimes are installed, and what settings are under each where an installation names nothing.

Belongs here: names and defaults, each regime's in a folder named for it. Does not: what a regime asks for (`reports/regimes/<name>`), its
models and dated rows (`dbt_project`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_DEFAULTS = "settings.toml"


@cache
def known_regimes() -> tuple[str, ...]:
    """Names of the regimes that are installed, in alphabetical order."""
    return tuple(sorted(file.parent.name for file in _FOLDER.glob(f"*/{_DEFAULTS}")))


def only_regime() -> str:
    """The regime that is installed; empty where there are several, of which an installation has to name one."""
    return known_regimes()[0] if len(known_regimes()) == 1 else ""


@cache
def default_settings(regime: str) -> dict[str, str]:
    """Time zone, country and currency of a platform under a regime, by the setting's name.

    Raises KeyError for a regime that is not installed.
    """
    if regime not in known_regimes():
        raise KeyError(regime)
    text = (_FOLDER / regime / _DEFAULTS).read_text(encoding="utf-8")
    return {name: str(value) for name, value in tomllib.loads(text).items()}

"""Which regimes are installed, and the default settings of each.

Belongs here: names and defaults, each regime's in a folder named for it. Does not: what a regime requires (`reports/regimes/<name>`), its
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
    """Names of the installed regimes, in alphabetical order."""
    return tuple(sorted(file.parent.name for file in _FOLDER.glob(f"*/{_DEFAULTS}")))


def only_regime() -> str:
    """The installed regime; empty where there are several, of which the settings must name one."""
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

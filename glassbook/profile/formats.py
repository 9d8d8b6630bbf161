"""Which records a profile has: those of every profile, and those that the home regime adds in the module `profile` of its folder.

Belongs here: finding them, and their template to fill in. Does not: any field.
"""

from __future__ import annotations

import importlib
from importlib import resources

from glassbook import regimes
from glassbook.profile.records import Profile
from glassbook.settings import load_settings

TEMPLATE, SCHEMA = "profile.yml", "profile.schema.json"


def regime_at_home() -> str:
    """The regime whose profile a platform keeps: the installed one; of several the one that the settings name."""
    return regimes.only_regime() or load_settings().home_regime


def profile_type(regime: str) -> type[Profile]:
    """The records of a profile under a regime."""
    found: type[Profile] = importlib.import_module(f"{regimes.folder_of(regime)}.profile").Profile
    return found


def template_text(regime: str) -> str:
    """The template of a profile under a regime."""
    return (resources.files(regimes.folder_of(regime)) / TEMPLATE).read_text(encoding="utf-8")

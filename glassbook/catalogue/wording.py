"""The texts of a figure under a reading: a definition may name readings in braces, and readings.yml has the phrase for each value.

Belongs here: filling in phrases. Does not: which reading is in force on a day (dbt), or any text about a figure (the YAML).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

# Fields of a record that may name a reading, with the phrase that they take.
_PHRASES = {"definition_zh": "zh", "definition_en": "en", "formula": "formula"}
ANY = "any"
_NAMED = re.compile(r"\{(\w+)\}")
Phrases = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Per reading and value (`any`: every value), one phrase per language."""


@dataclass(frozen=True)
class WordingOfFigure:
    """The texts of a figure under these readings; readings that the texts do not name have no effect."""

    code: str
    readings: Mapping[str, str]
    definition_zh: str
    definition_en: str
    formula: str


def named_readings(record: Mapping[str, Any]) -> list[str]:
    """Readings that the record's texts name, in order of name."""
    return sorted({name for field in _PHRASES for name in _NAMED.findall(record[field])})


def filled(record: Mapping[str, Any], readings: Mapping[str, str], phrases: Phrases) -> dict[str, str]:
    """The texts of a record under `readings`; a reading without a value there stays open. Raises KeyError for one without a phrase."""

    def phrase(name: str, kind: str) -> str:
        return phrases[name][readings.get(name, ANY)][kind]

    return {
        field: _NAMED.sub(lambda match, kind=kind: phrase(match[1], kind), record[field])  # type: ignore[misc]
        for field, kind in _PHRASES.items()
    }


def every_wording(record: Mapping[str, Any], phrases: Phrases) -> Iterator[WordingOfFigure]:
    """The texts under each combination of the readings that the record names."""
    names = named_readings(record)
    for combination in product(*([value for value in phrases[name] if value != ANY] for name in names)):
        readings = dict(zip(names, combination, strict=True))
        yield WordingOfFigure(record["code"], readings, **filled(record, readings, phrases))

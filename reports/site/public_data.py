"""The dictionary of what a regime makes public: words in both languages for tables, columns and codes of the public file.

Belongs here: reading it. Does not: the words (`regimes/<name>/public_data.yml`), which columns are public (`warehouse/public_columns.yml`).
"""

from __future__ import annotations

import yaml
from pydantic import BaseModel, ConfigDict

from reports.filing.declare.regime import load_regime


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublicWords(_Record):
    """The same in each language."""

    zh: str
    en: str


class PublicColumn(PublicWords):
    """What a column is called wherever it stands."""

    note: PublicWords | None = None
    """What a reader must know beside the name."""
    codes: str | None = None
    """The list of codes that its values are of; None where values speak for themselves."""


class PublicData(_Record):
    """A regime's dictionary."""

    tables: dict[str, PublicWords]
    columns: dict[str, PublicColumn]
    codes: dict[str, dict[str, PublicWords]]
    """By list of codes: code → words."""

    def code(self, column: str, value: str, segment_kind: str | None = None) -> PublicWords | None:
        """Words of a value of a column, None where it has none of its own; a segment has those of its kind."""
        lists: list[str | None] = [segment_kind, "segment_code"] if segment_kind else [self.columns[column].codes]
        return next((self.codes[name][value] for name in lists if name in self.codes and value in self.codes[name]), None)


def load_public_data(regime: str) -> PublicData:
    """The dictionary of the regime of that name, which must have one. Raises InputError when there is no such regime."""
    text = (load_regime(regime).folder / "public_data.yml").read_text(encoding="utf-8")
    return PublicData.model_validate(yaml.safe_load(text))

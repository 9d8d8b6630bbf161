"""The dictionary of a regime's public data: words in both languages for tables, columns and codes of the public file.

Belongs here: reading it. Does not: the words (`regimes/<name>/public_data.yml`), which columns are public (`warehouse/public_columns.yml`).
"""

from __future__ import annotations

import yaml
from pydantic import BaseModel, ConfigDict

from reports.filing.declare.regime import load_regime
from reports.present.units import in_currency


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublicWords(_Record):
    """The same text in each language."""

    zh: str
    en: str


class PublicColumn(PublicWords):
    """The title of a column on every page."""

    note: PublicWords | None = None
    """What a reader must know besides the name."""
    codes: str | None = None
    """The list of codes for its values; None when values need no words."""


class PublicData(_Record):
    """A regime's dictionary."""

    tables: dict[str, PublicWords]
    columns: dict[str, PublicColumn]
    codes: dict[str, dict[str, PublicWords]]
    """By list of codes: code → words."""

    def code(self, column: str, value: str, segment_kind: str | None = None) -> PublicWords | None:
        """Words for a value of a column, None if it has none; a segment has those of its kind."""
        lists: list[str | None] = [segment_kind, "segment_code"] if segment_kind else [self.columns[column].codes]
        return next((self.codes[name][value] for name in lists if name in self.codes and value in self.codes[name]), None)


def load_public_data(regime: str, currency: str, zh: str) -> PublicData:
    """The dictionary of the regime of that name, which must have one, in a currency, whose Chinese name is `zh`.

    Raises InputError when there is no such regime.
    """
    text = (load_regime(regime).folder / "public_data.yml").read_text(encoding="utf-8")
    return PublicData.model_validate(in_currency(yaml.safe_load(text), zh, currency))

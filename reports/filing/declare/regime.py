"""What a regime is for the filing engine: a folder with `regime.yml`, read into records only here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from glassbook.errors import InputError
from glassbook.settings import Settings
from reports.filing.declare.duties import Due, Obligations, Retention
from reports.filing.declare.public_page import PublicPage
from reports.present.units import in_currency, unit_zh

REGIMES_DIR = Path(__file__).parents[2] / "regimes"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FormColumn(_Record):
    """One column of a breakdown: the kind, or a sum over the rows of a kind."""

    name: str
    is_row_count: bool = False
    """Whether it counts rows instead of adding up the column `name`."""
    title_zh: str
    title_en: str
    decimals: int | None = None
    """Places of a number; None for text."""
    labels: dict[str, str] = {}
    """Codes of the source and the words that the form shows for them."""
    total_code: str | None = None
    """The figure to which the column adds up; the form's last line shows it."""


class Titled(_Record):
    """What every form has: a sheet in the workbook, a title, and its own CSV in the package."""

    key: str = ""
    """Name in documents for machines, such as A."""
    sheet: str
    title_zh: str
    title_en: str
    csv: str = ""
    """File name of its CSV; none when empty."""


class NamedField(_Record):
    """A field in a section of the profile and the words for it. The label `_` says how to print a number: percent or money."""

    name: str
    title_zh: str
    title_en: str = ""
    labels: dict[str, str] = {}


class Schedule(_Record):
    """What the profile says of each kind of a breakdown, shown beside its sums."""

    section: str
    kind_field: str
    fields: tuple[NamedField, ...]


class Breakdown(Titled):
    """A sheet that splits figures of a form by a kind: the first column is the kind, the others add up per kind.

    `relation` is a table macro of the as-of date with one row per thing counted, the same rows that the figure is made of.
    """

    schedule: Schedule | None = None
    codes: tuple[str, ...]
    relation: str
    columns: tuple[FormColumn, ...]


class Form(Titled):
    """A sheet of figures: all figures of the catalogue's sections named, in catalogue order."""

    sections: tuple[str, ...]


class ProfilePart(_Record):
    """A section of the profile in a form."""

    section: str
    title_zh: str
    title_en: str
    fields: tuple[NamedField, ...]


class ProfileForm(Titled):
    """A form of what the platform profile said on the last day of the period."""

    parts: tuple[ProfilePart, ...]


class TableColumn(_Record):
    """A column of a table of projects."""

    name: str
    title_zh: str
    decimals: int | None = None
    """Places of a number; None for text."""
    is_percent: bool = False
    """Whether the workbook shows a rate of 0 to 1 as per cent."""
    labels: dict[str, str] = {}
    note: str = ""


class TableForm(Titled):
    """A form of many rows: all rows as CSV and Parquet, the first rows in the workbook.

    `relation` is a table macro of the as-of date; it masks what must be masked.
    """

    parquet: str
    relation: str
    key_columns: tuple[str, ...]
    workbook_rows: int = Field(1000, ge=0)
    columns: tuple[TableColumn, ...]


class EditForm(Titled):
    """A form of every edit with its outcome."""

    severities: dict[str, str]
    outcomes: dict[str, str]
    entities: dict[str, str] = {}
    """What a finding is about: the models' phrase, with `{a}` for what differs, and the form's words for it; the first match counts."""
    phrases: dict[str, str] = {}
    """The same for what was found."""
    values: dict[str, str] = {}
    """Codes within these phrases, and the words for them."""


class Xml(_Record):
    """The filing as XML. `schema_file` is an XSD in the regime's folder; it goes into the package with the XML."""

    file: str
    namespace: str
    schema_file: str


class Pdf(_Record):
    """The filing for signature. `template` is a Typst document in the regime's folder."""

    file: str
    template: str
    signatures: tuple[str, ...]


class Regime(_Record):
    """One disclosure regime."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title_zh: str
    title_en: str
    basis: str
    frequency: Literal["monthly", "quarterly", "yearly"]
    due: Due
    obligations: Obligations = Obligations()
    retention: Retention | None = None
    forms: tuple[Form, ...]
    breakdowns: tuple[Breakdown, ...] = ()
    profile_form: ProfileForm | None = None
    table_forms: tuple[TableForm, ...] = ()
    edit_form: EditForm | None = None
    xml: Xml | None = None
    pdf: Pdf | None = None
    workbook: str
    """File name of the workbook in a package."""
    signatory_zh: str
    notes: dict[str, str] = {}
    """Phrases of the models' notes, and the words that forms and pages show for them."""
    page: PublicPage | None = None
    codes: dict[str, dict[str, tuple[str, str]]] = {}
    """Codes of the country by kind of segment (province, industry), and their words in Chinese and English."""

    @property
    def folder(self) -> Path:
        """The folder of its templates and schemas."""
        return REGIMES_DIR / self.name

    def said_in(self, currency: str, zh: str | None = None) -> Regime:
        """The same regime with its texts in a currency, which they name as `¤`; `zh` is its Chinese name, else the one of forms."""
        return Regime.model_validate(in_currency(self.model_dump(), zh or unit_zh(currency), currency))

    @property
    def figures_table(self) -> str:
        """Table with every month end and the latest day."""
        return f"rpt_{self.name}_figures"

    @property
    def figures_macro(self) -> str:
        """Table macro for any day."""
        return f"rpt_{self.name}_figures_as_of"


def regime_names() -> list[str]:
    """Names of the regimes installed: the folders that hold a `regime.yml`."""
    return sorted(folder.parent.name for folder in REGIMES_DIR.glob("*/regime.yml"))


def enabled_regimes(settings: Settings) -> list[Regime]:
    """The regimes under which the platform files: those that its settings name, else all installed ones. Raises as load_regime."""
    return [load_regime(name) for name in settings.regimes or regime_names()]


def load_regime(name: str) -> Regime:
    """The regime of that name. Raises InputError for an unknown name or an invalid declaration."""
    if name not in regime_names():
        raise InputError(
            found=f"regime {name!r}",
            where="the name of the regime",
            expected="one of " + (", ".join(regime_names()) or "none is installed"),
            remedy="Name one of these, or add a folder for the regime under reports/regimes/.",
        )
    return _load(REGIMES_DIR / name / "regime.yml")


@cache
def _load(path: Path) -> Regime:
    try:
        regime = Regime(**yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, TypeError, yaml.YAMLError) as error:
        raise InputError(
            found=str(error),
            where=f"{path.parent.name}/{path.name}",
            expected="a regime as declared in reports/filing/declare/regime.py",
            remedy="Correct the entries named.",
        ) from error
    if regime.name != path.parent.name:
        raise InputError(
            found=f"name: {regime.name}",
            where=f"{path.parent.name}/{path.name}",
            expected=f"the name of its folder, {path.parent.name}",
            remedy="Give folder and regime the same name.",
        )
    return regime

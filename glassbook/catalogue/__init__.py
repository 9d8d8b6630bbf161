"""The metric catalogue and the check catalogue: what every figure and every check means, as records read from YAML beside this file."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from glassbook.catalogue.wording import WordingOfFigure, every_wording, filled, named_readings

RULE_SET_VERSION = "2026.11"
"""Changes with every change of a rule or its parameters; filings record it."""
MONEY = "money"
"""Unit of figures that are amounts; a snapshot shows the platform's currency instead."""


class RowSource(BaseModel):
    """Where rows are that add up to a figure: a table function of the as-of date (its name ends in `_as_of`), or a table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    key: tuple[str, ...] = ()
    """Columns that identify a row."""
    column: str
    """A column, or an expression of columns, that adds up to the figure, or to the numerator of a ratio."""
    denominator: str | None = None
    """The same for the denominator, where the same rows make it up."""
    day_column: str | None = None
    """Day or month of a row: the rows are those of the figure's month up to the day."""
    newest_column: str | None = None
    """Day or month of a row: the rows are those of the newest day or month not after the day."""
    condition: str | None = None
    """Condition on the rows that belong to the figure."""
    is_fixed_point: bool = False
    """Whether `column` is a whole number in units of 10^-24."""


class Values(BaseModel):
    """How to read the values of a figure that has one value per key instead of one in all.

    They are `column` of `model` by `key`; where these are empty, those of the figure apply.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = None
    key: tuple[str, ...] = ()
    column: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    """Numerator and denominator columns of a value, where it is a ratio."""
    newest_column: str | None = None
    """As of rows."""
    condition: str | None = None
    """Which values are shown: those that do not contain one another."""


class Metric(BaseModel):
    """One published figure; pages, filings and documents take their texts from here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    section: str
    name_zh: str
    name_en: str
    definition_zh: str
    definition_en: str
    formula: str
    unit: str
    decimals: int
    period: str
    basis: str
    model: str | None = None
    """Relation whose rows make the figure up: a table function of the as-of date, or a table with `day_column`.

    None for ratios of two figures."""
    day_column: str | None = None
    """Column of `model`, a table, with the day or month of a row: the rows of a figure are those of its month up to the day."""
    key: tuple[str, ...] = ()
    """Columns of `model` that identify a row."""
    column: str | None = None
    """Column of `model` that adds up to the figure (to the numerator for a ratio)."""
    condition: str | None = None
    """Condition on the rows of `model` that belong to the figure; None where all do."""
    rows: RowSource | None = None
    """Rows that add up to the figure, if they are not those of `model`."""
    values: Values | None = None
    """How to read the values of a figure that has no value for the whole; None for any other figure."""
    divides_figures: bool = False
    """Whether the figure, which `model` holds by segment, is in total a ratio of the figures in its formula: their rows are its rows."""
    no_rows_zh: str | None = None
    no_rows_en: str | None = None
    """Why no rows add up to the figure, and where to look; None where rows exist, its own or those of a figure that it divides."""
    needs: tuple[str, ...] = ()
    """Tables of the contract, and columns as `table.column`, without which the figure is not supplied."""
    same_as: str | None = None
    """Code of the neutral figure that this one equals where the regime is the home regime: same rows and reading, a law's words."""
    is_cumulative: bool = False

    @property
    def row_source(self) -> RowSource | None:
        """Where to find the rows that add up to the figure of a day; for figures by segment, month or age, `model` alone says it."""
        if self.rows is not None or self.values is not None or self.model is None or self.column is None:
            return self.rows
        if self.day_column is None and not self.model.endswith("_as_of"):
            return None
        return RowSource(model=self.model, key=self.key, column=self.column, day_column=self.day_column, condition=self.condition)

    @property
    def has_rows(self) -> bool:
        """Whether rows exist that add up to the figure of a day."""
        return self.row_source is not None


class Check(BaseModel):
    """One rule: its code is stable and never used again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    name: str
    severity: Literal["error", "warning", "info"]
    scope: Literal["field", "row", "table", "portfolio"]
    phase: Literal["form", "meaning"]
    is_blocking: bool = False
    regime: str | None = None
    rule_zh: str
    rule_en: str
    source: str
    about: tuple[str, ...]
    """Tables whose rows break the rule, where the check is shown; `relation`, or what it reads, reads all of them.

    `lake` means each table of the lake that a rule of form concerns; `snapshot` means the whole, where the fault is not in a table of a
    model.
    """
    relation: str | None = None
    """Table function of the as-of date that returns the findings; None for rules that ingestion applies."""
    is_one_of_several: bool = False
    """Whether the relation serves several checks and names in `check_code` the check of each finding."""
    needs: tuple[str, ...] = ()
    needs_of_table: tuple[str, ...] = ()
    """Columns that the check needs only where the source supplies their table: a check that also judges other things runs without it."""
    refutes_figures: bool = False
    """Whether a finding means that figures of the day cannot be right, so the public page calls them provisional: only the figure of a
    finding whose entity is `figure CODE`, all figures of the day for any other finding."""

    def lacks(self, supplied: Collection[str]) -> list[str]:
        """What the check needs and the source does not supply; with any of it the check is not run."""
        of_table = [name for name in self.needs_of_table if name.split(".")[0] in supplied]
        return [name for name in (*self.needs, *of_table) if name not in supplied]


@cache
def _records(name: str) -> Any:
    text = (resources.files(__package__) / f"{name}.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def named_after(package: str, kind: str) -> tuple[str, ...]:
    """Names for which `package` holds a file `<kind>_<name>.yml`, in alphabetical order: regimes and, for metrics, the general sets."""
    found = (re.fullmatch(rf"{kind}_(\w+)\.yml", file.name) for file in resources.files(package).iterdir())
    return tuple(sorted(match[1] for match in found if match))


@cache
def metric_sets() -> tuple[str, ...]:
    """Names of the sets of metrics: one per regime, and the operating figures."""
    return named_after(__package__, "metrics")


@cache
def load_metrics(set_name: str) -> tuple[Metric, ...]:
    """The metrics of a set in the order of their forms; placeholders for readings stay open in their texts.

    Raises KeyError for an unknown set, ValueError for a `same_as` that is not true.
    """
    if set_name not in metric_sets():
        raise KeyError(set_name)
    records: list[dict[str, Any]] = _records(f"metrics_{set_name}")
    metrics = tuple(
        Metric(**(record | filled(record, {}, _records("readings")) if named_readings(record) else record)) for record in records
    )
    for metric in metrics:
        if metric.same_as is not None:
            _require_same(metric, set_name)
    return metrics


@cache
def load_wordings(set_name: str) -> tuple[WordingOfFigure, ...]:
    """The texts of the set's figures under each reading that they name. Raises KeyError for an unknown set."""
    if set_name not in metric_sets():
        raise KeyError(set_name)
    named = [record for record in _records(f"metrics_{set_name}") if named_readings(record)]
    return tuple(words for record in named for words in every_wording(record, _records("readings")))


def _require_same(metric: Metric, set_name: str) -> None:
    """Raises ValueError where a figure's `same_as` cannot be true."""
    others = {record["code"]: record for name in metric_sets() if name != set_name for record in _records(f"metrics_{name}")}
    other = others.get(metric.same_as or "")
    if other is None or other.get("same_as"):
        raise ValueError(f"{metric.code} is the same as {metric.same_as}, which is no figure of its own in another set")
    for field in ("unit", "decimals"):
        if getattr(metric, field) != other[field]:
            raise ValueError(f"{metric.code} is the same as {metric.same_as}, but {field} is {getattr(metric, field)} and {other[field]}")


@cache
def load_checks() -> tuple[Check, ...]:
    """Every check: the general ones, then those of each regime (`checks_<regime>.yml`), in the order of the documents."""
    documents = ("checks", *(f"checks_{regime}" for regime in named_after(__package__, "checks")))
    return tuple(Check(**record) for name in documents for record in _records(name))


@cache
def dated_seeds() -> dict[str, str]:
    """What each of the regimes' seeds with dated rows holds, by the name of the seed (`seeds_<regime>.yml`)."""
    return {name: what for regime in named_after(__package__, "seeds") for name, what in _records(f"seeds_{regime}").items()}


def findings_sql(check: Check, day: str) -> str:
    """The relation of a check's findings, on a day given as an SQL expression. Raises ValueError for a rule that ingestion applies."""
    if check.relation is None:
        raise ValueError(check.code)
    mine = f" where check_code = '{check.code}'" if check.is_one_of_several else ""
    return f"{check.relation}({day}){mine}"

"""The metric catalogue and the check catalogue: what every figure and every check means, as records read from YAML beside this file."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

RULE_SET_VERSION = "2026.11"
"""Changes with every change of a rule or its parameters; filings record it."""


class Metric(BaseModel):
    """One published figure; pages, filings and documents take their words from here."""

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
    """Relation (a table function of the as-of date) whose rows make the figure up; None for ratios of two figures."""
    key: tuple[str, ...] = ()
    """Columns of `model` that name a row."""
    column: str | None = None
    """Column of `model` that adds up to the figure (to the numerator for a ratio)."""
    needs: tuple[str, ...] = ()
    """Tables, and columns as `table.column`, of the contract without which the figure is not supplied."""
    is_cumulative: bool = False


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
    """Tables whose rows break the rule, all of them read by `relation`, or by what it reads: there the check is shown.

    `lake` stands for each table of the lake that a rule of form speaks of; `snapshot` for the whole, where what is wrong lies in no table
    that a model makes.
    """
    relation: str | None = None
    """Table function of the as-of date that returns the findings; None for rules that ingestion applies."""
    is_one_of_several: bool = False
    """Whether the relation serves several checks and says in `check_code` whose finding a row is."""
    needs: tuple[str, ...] = ()


def _records(name: str) -> list[dict[str, Any]]:
    text = (resources.files(__package__) / f"{name}.yml").read_text(encoding="utf-8")
    records: list[dict[str, Any]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return records


@cache
def metric_sets() -> tuple[str, ...]:
    """Names of the sets of metrics: one a regime, and the operating figures."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(f.name[len("metrics_") : -len(".yml")] for f in files if f.name.startswith("metrics_")))


@cache
def load_metrics(set_name: str) -> tuple[Metric, ...]:
    """The metrics of a set in the order of their forms. Raises KeyError for a set that is not there."""
    if set_name not in metric_sets():
        raise KeyError(set_name)
    return tuple(Metric(**record) for record in _records(f"metrics_{set_name}"))


@cache
def load_checks() -> tuple[Check, ...]:
    """Every check, in the order of the document."""
    return tuple(Check(**record) for record in _records("checks"))


def findings_sql(check: Check, day: str) -> str:
    """What to select a check's findings from, on a day given as an SQL expression. Raises ValueError for a rule that ingestion applies."""
    if check.relation is None:
        raise ValueError(check.code)
    mine = f" where check_code = '{check.code}'" if check.is_one_of_several else ""
    return f"{check.relation}({day}){mine}"

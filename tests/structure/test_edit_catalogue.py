"""The edits of China's rules, their models, their dated parameters and their page are one set: nothing is missing, nothing is left over."""

from __future__ import annotations

import csv
import re

import pytest

from glassbook.catalogue import dated_seeds, load_checks
from glassbook.catalogue.documentation import DOCS
from reports.filing.declare.regime import load_regime
from tests.support.edit_platforms import STEADY_END
from warehouse.dbt_runner import PROJECT_DIR

CN = PROJECT_DIR / "models" / "marts" / "disclosure" / "cn"
LENDING = PROJECT_DIR / "models" / "marts" / "lending"
# Column that names a row's parameter, by seed.
NAMES = {
    "cn_limits": "limit_code",
    "cn_cost_caps": "cap_code",
    "cn_reference_rates": "reference_code",
    "cn_thresholds": "threshold_code",
    "cn_past_due_bands": "band_code",
    "cn_loan_bands": "band_kind",
    "cn_small_arrears": "past_due_days",
    "cn_parameters": "name",
}


def rows(seed: str) -> list[dict[str, str]]:
    with (PROJECT_DIR / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_edit_of_the_rules_is_there() -> None:
    codes = [check.code for check in load_checks() if check.regime == "cn"]
    # CN-E07W and CN-E18W are the warning halves; CN-E09W and CN-E20 are the part of CN-E09 that cannot be repaired.
    assert codes == sorted([f"CN-E{number:02}" for number in range(1, 38)] + ["CN-E07W", "CN-E09W", "CN-E18W"])


def test_every_edit_has_its_model_and_every_model_its_edit() -> None:
    models = {path.stem for path in (CN / "edits").glob("*.sql")}
    assert {check.relation for check in load_checks() if check.regime == "cn"} == models


def test_every_seed_of_the_regime_with_values_is_on_the_page() -> None:
    seeds = {path.stem for path in (PROJECT_DIR / "seeds").glob("cn_*.csv")}
    # The platform's own words for each risk grade, shown beside the grades.
    assert seeds - {"cn_risk_grades"} == set(dated_seeds()) == set(NAMES)


@pytest.mark.parametrize("seed", sorted(NAMES))
def test_every_parameter_is_read_by_a_model_and_has_its_source(seed: str) -> None:
    column = NAMES[seed]
    found = rows(seed)
    assert [row for row in found if not row["basis"].strip() or not row["valid_from"]] == []
    text = "\n".join(path.read_text(encoding="utf-8") for path in CN.rglob("*.sql"))
    given = {row[column] for row in found}
    if seed == "cn_reference_rates":
        # Models find a rate by the code that a cap names; `none` is the cap that has ended.
        used = {row["reference_code"] for row in rows("cn_cost_caps")} - {"none"}
    elif seed == "cn_parameters":
        # Readings belong to no regime: each regime has the same.
        used = set(re.findall(r"\bparameters\.name = '(\w+)'", (LENDING / "dim_regime_readings.sql").read_text(encoding="utf-8")))
    elif seed == "cn_past_due_bands":
        # Models name the ranges that they need in lists.
        used = {code for code in given if re.search(rf"'{code}'", text)}
    elif seed == "cn_loan_bands":
        # The portfolio has a segment of each, for each regime alike.
        used = set(re.findall(r"\('(\w+)', 'loans\.\w+'\)", (LENDING / "fct_portfolio_as_of.sql").read_text(encoding="utf-8")))
    elif seed == "cn_small_arrears":
        # One rule without a name, read for each regime alike.
        read = (LENDING / "dim_small_arrears_as_of.sql").read_text(encoding="utf-8")
        used = given if {"amount", "past_due_days"} == set(re.findall(r"in_force\('(\w+)'", read)) else set()
    elif seed == "cn_limits":
        # Both limits are one rule; each model says which of them it means.
        used = set(re.findall(r"over_limit\('(\w+)', ", text))
    else:
        used = set(re.findall(rf"\b{column} = '(\w+)'", text))
        if seed == "cn_thresholds":
            # The minimum group is looked up for the named regime.
            used |= {"minimum_group_count"} if "smallest_groups('cn'" in text else set()
    assert given == used


@pytest.mark.parametrize("seed", sorted(NAMES))
def test_every_row_is_on_the_page_and_every_row_of_the_page_is_one(seed: str) -> None:
    page = (DOCS / "checks.md").read_text(encoding="utf-8")
    part = page.split(f"### {seed}\n", 1)[1].split("\n### ", 1)[0]
    shown = [line for line in part.splitlines() if re.match(r"\| (?!---)", line)][1:]
    assert shown == [f"| {' | '.join(row.values())} |" for row in rows(seed)]


def test_hours_for_a_risk_event_are_those_of_the_calendar() -> None:
    wanted = load_regime("cn").obligations.risk_event
    hours = max((r for r in rows("cn_thresholds") if r["threshold_code"] == "risk_event_hours"), key=lambda r: r["valid_from"])
    assert wanted is not None and int(hours["value"]) == wanted.hours and hours["valid_from"] < f"{STEADY_END}"

"""Writes the dbt exposures of filings, pages and views: `python -m dashboards.exposures`.

Belongs here: what each view of the apps reads and shows; a test runs the views and compares this with them. Does not: what follows from a
regime's declaration (`reports/filing/declare/exposures.py`).
"""

from __future__ import annotations

from pathlib import Path

from glassbook.catalogue import load_metrics
from reports.filing.declare.exposures import Exposure, exposures_yml, regime_exposures
from reports.filing.declare.regime import load_regime, regime_names

FOLDER = Path(__file__).resolve().parents[1] / "dbt_project" / "models" / "exposures"
COMMAND = "python -m dashboards.exposures"
_RISK = (
    *("fct_collections", "fct_concentration_as_of", "fct_default_calibrations", "fct_expected_losses", "fct_guarantors_as_of"),
    *("fct_roll_rates", "fct_vintages"),
)


def view_exposures() -> list[Exposure]:
    """One per page, named after the folder of its role."""
    return [
        Exposure(
            "view_executive",
            "经营 Business",
            "dashboard",
            "management",
            "Balances, lending, overdue and people at a month end or on the latest day, each beside a month earlier; by segment, what "
            "drives a change, cash due, margin, stress and plan; risk; internal app.",
            (
                "dim_segments",
                "rpt_operations_cash_as_of",
                "rpt_operations_changes_between",
                "rpt_operations_figures",
                "rpt_operations_plan",
                "rpt_operations_segments",
                "rpt_operations_words_as_of",
                *_RISK,
            ),
            _set("operations"),
        ),
        Exposure(
            "view_marketing",
            "营销 Marketing",
            "dashboard",
            "marketing",
            "What channels and campaigns brought and cost by month and day, costs by keyword and branch, what no rule knows, "
            "funnels, attribution, cost and value after loss, cohorts; internal app.",
            (
                *("dim_campaigns", "dim_segments", "fct_conversion_credits", "rpt_marketing_channel_days", "rpt_marketing_unassigned"),
                "fct_cost_details_monthly",
                *("fct_borrower_cohorts", "fct_lender_cohorts"),
                *("rpt_marketing_attribution", "rpt_marketing_channels", "rpt_marketing_economics", "rpt_marketing_funnel"),
            ),
            _set("marketing"),
        ),
    ]


def documents() -> dict[str, str]:
    """File name below the folder of exposures and content of every generated document."""
    found = {
        f"{name}.yml": exposures_yml(
            regime_exposures(load_regime(name)), f"Written by `{COMMAND}` from reports/regimes/{name}/regime.yml; change that, not this."
        )
        for name in regime_names()
    }
    note = f"Written by `{COMMAND}` from what dashboards/exposures.py says of the views; change that, not this."
    return found | {"views.yml": exposures_yml(view_exposures(), note)}


def _set(name: str) -> tuple[str, ...]:
    return tuple(metric.code for metric in load_metrics(name))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file_name, content in documents().items():
        (FOLDER / file_name).write_text(content, encoding="utf-8")
        print(f"wrote {FOLDER / file_name}")

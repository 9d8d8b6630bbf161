"""What a regime's filing and public page show of the warehouse, as dbt exposures.

Belongs here: the record of an exposure, its YAML, and the exposures that follow from a regime's declaration and the catalogue. Does
not: views of the apps, and writing files (`dashboards/exposures.py`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from glassbook.catalogue import Metric, load_checks, load_metrics
from reports.filing.declare.regime import Regime

_WIDTH = 140
BUSINESS_DAYS = "fct_portfolio_daily"
"""The first day in this relation is the day on which the platform began."""


@dataclass(frozen=True)
class Exposure:
    """Something that readers look at: `models` are what it reads, `figures` the codes of the catalogue that it shows."""

    name: str
    label: str
    kind: Literal["dashboard", "analysis", "application"]
    owner: str
    description: str
    models: tuple[str, ...]
    figures: tuple[str, ...]
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For a filing: per form the codes of figures or edits on it; none for a form of the profile or of many rows."""


def regime_exposures(regime: Regime) -> list[Exposure]:
    """The filing of a regime and, if it has a page, the page and its data files."""
    return [_filing(regime), *([] if regime.page is None else _page(regime))]


def page_figures(regime: Regime) -> tuple[str, ...]:
    """Codes on the first page and the list of figures of the regime's public site, in the order of the catalogue."""
    if regime.page is None:
        return ()
    sections = {section for group in regime.page.groups for section in group.sections}
    named = {*regime.page.highlights, *(code for chart in regime.page.charts for code in chart.codes)}
    return tuple(metric.code for metric in load_metrics(regime.name) if metric.section in sections or metric.code in named)


def exposures_yml(exposures: Iterable[Exposure], note: str) -> str:
    """The exposures as a document for dbt; `note` says what they were written from."""
    lines = [f"# {note}", "version: 2", "exposures:"]
    for exposure in exposures:
        lines += [
            f"  - name: {exposure.name}",
            f'    label: "{exposure.label}"',
            f"    type: {exposure.kind}",
            "    owner:",
            f"      name: {exposure.owner}",
            "    description: >-",
            *_wrapped(exposure.description, " " * 6),
            "    depends_on:",
            *(f"      - ref('{model}')" for model in exposure.models),
            "    config:",
            "      meta:",
            *_codes("figures", exposure.figures, " " * 8),
        ]
        if exposure.forms:
            lines.append("        forms:")
            lines += [line for key, codes in exposure.forms.items() for line in _codes(key, codes, " " * 10)]
    return "\n".join(lines) + "\n"


def _filing(regime: Regime) -> Exposure:
    metrics = load_metrics(regime.name)
    edits = [check for check in load_checks() if check.regime == regime.name and check.relation]
    forms = {form.key: _of_sections(metrics, form.sections) for form in regime.forms}
    forms |= {breakdown.key: breakdown.codes for breakdown in regime.breakdowns}
    forms |= {form.key: () for form in (regime.profile_form, *regime.table_forms) if form is not None}
    if regime.edit_form is not None:
        forms[regime.edit_form.key] = tuple(check.code for check in edits)
    # The control totals of a filing compare each figure with the rows behind it.
    behind = [metric.model for metric in metrics if metric.model]
    relations = [*(form.relation for form in regime.breakdowns), *(form.relation for form in regime.table_forms)]
    models = {regime.figures_table, *behind, *relations, *(check.relation for check in edits if check.relation)}
    return Exposure(
        f"filing_{regime.name}",
        f"{regime.title_zh} {regime.title_en}",
        "analysis",
        "compliance",
        f"The {regime.frequency} filing of regime {regime.name} ({regime.basis}): a sealed package of its forms as workbook, CSV and for "
        "machines, made by `glassbook filing`. Its control totals also add up the money of the staging tables that a snapshot keeps.",
        tuple(sorted(models)),
        tuple(metric.code for metric in metrics if any(metric.code in codes for codes in forms.values())),
        forms,
    )


def _page(regime: Regime) -> list[Exposure]:
    assert regime.page is not None  # checked by the caller
    label = f"{regime.page.title_zh} {regime.page.title_en}"
    models = tuple(sorted({regime.figures_table, BUSINESS_DAYS, *(table.relation for table in regime.page.tables)}))
    page = Exposure(
        f"page_{regime.name}",
        label,
        "dashboard",
        "compliance",
        f"The public site of regime {regime.name}: every figure with its definition from the first month on, every month as filed and as "
        "known now, filings, projects under way and the other public tables; written by `glassbook publish` from the public file.",
        models,
        page_figures(regime),
    )
    feed = Exposure(
        f"feed_{regime.name}",
        f"{label}, data files",
        "application",
        "compliance",
        "The data files beside the pages: every figure in every month, and the public tables. The newest month's JSON is byte for byte the "
        "figures.json of a filing from the same snapshot.",
        models,
        tuple(metric.code for metric in load_metrics(regime.name)),
    )
    return [page, feed]


def _of_sections(metrics: Iterable[Metric], sections: Iterable[str]) -> tuple[str, ...]:
    return tuple(metric.code for metric in metrics if metric.section in set(sections))


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _codes(name: str, codes: Iterable[str], indent: str) -> list[str]:
    """A list of codes, wrapped at commas only, since codes contain hyphens."""
    text = f"{name}: [{', '.join(codes)}]"
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False
    )

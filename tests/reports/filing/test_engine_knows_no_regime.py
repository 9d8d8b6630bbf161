"""Regimes are found by their folders and agree with the catalogue; whether any other file names one: tests/structure."""

from __future__ import annotations

import pytest

from glassbook import catalogue
from glassbook.settings import Settings
from reports.filing.declare import regime as regimes
from reports.filing.declare.regime import REGIMES_DIR, load_regime, regime_names


def test_regimes_are_found_by_folder() -> None:
    assert regime_names() == sorted(p.name for p in REGIMES_DIR.iterdir() if p.is_dir() and not p.name.startswith("_"))


def test_a_platform_files_under_the_regimes_that_it_has_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regimes, "regime_names", lambda: ["here", "there"])
    monkeypatch.setattr(regimes, "load_regime", lambda name: name)
    everything = Settings.model_construct(regimes=())
    assert regimes.enabled_regimes(everything) == ["here", "there"]
    assert regimes.enabled_regimes(everything.model_copy(update={"regimes": ("there",)})) == ["there"]


@pytest.mark.parametrize("name", regime_names())
def test_regime_agrees_with_its_catalogue(name: str) -> None:
    regime = load_regime(name)
    metrics = {metric.code: metric for metric in catalogue.load_metrics(name)}
    formed = [section for form in regime.forms for section in form.sections]
    assert sorted(formed) == sorted({metric.section for metric in metrics.values()}), "every section has one form"
    named = {code for breakdown in regime.breakdowns for code in breakdown.codes}
    named |= {c.total_code for breakdown in regime.breakdowns for c in breakdown.columns if c.total_code}
    if regime.page is not None:
        named |= {*regime.page.highlights, *(code for chart in regime.page.charts for code in chart.codes)}
        shown = [section for group in regime.page.groups for section in group.sections]
        assert sorted(shown) == sorted(formed), "the page shows every section once"
    assert named <= set(metrics)

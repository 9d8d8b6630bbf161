"""Every filing, page and view is an exposure of the dbt project, and each says the figures and relations that it really shows and reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
import yaml
from streamlit.testing.v1 import AppTest

import dashboards
from dashboards.exposures import COMMAND, FOLDER, documents
from glassbook.catalogue import load_checks, load_metrics
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from reports.filing.acts.writing import write_filing
from reports.filing.declare.regime import load_regime, regime_names
from reports.site.reading.edition import read_edition
from tests.support.asked import Asked
from warehouse.dbt_runner import PROJECT_DIR

CODE = re.compile(r"\b[A-Z]+-[A-Z]\d\d\b")
# A page is the module `page` of a role's folder.
VIEWS = sorted(path.parent.name for path in Path(dashboards.__file__).parent.glob("*/page.py"))
MODELS = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql")}


def exposures() -> dict[str, dict[str, Any]]:
    """Every exposure as dbt reads it, by name."""
    return {e["name"]: e for path in sorted(FOLDER.glob("*.yml")) for e in yaml.safe_load(path.read_text(encoding="utf-8"))["exposures"]}


def figures(name: str) -> set[str]:
    """The codes that an exposure names."""
    found: list[str] = exposures()[name]["config"]["meta"]["figures"]
    return set(found)


def models(name: str) -> set[str]:
    """The models that an exposure depends on."""
    return {re.fullmatch(r"ref\('(\w+)'\)", text)[1] for text in exposures()[name]["depends_on"]}  # type: ignore[index]


def test_the_exposures_are_up_to_date() -> None:
    held = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml")}
    assert held == documents(), f"stale: run `{COMMAND}`"


def test_every_filing_page_and_view_is_an_exposure_and_nothing_else_is() -> None:
    regimes = [load_regime(name) for name in regime_names()]
    readers = {f"view_{name}" for name in VIEWS} | {f"filing_{regime.name}" for regime in regimes}
    readers |= {f"{kind}_{regime.name}" for regime in regimes if regime.page for kind in ("page", "feed")}
    assert set(exposures()) == readers


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shows_the_figures_and_reads_the_models_that_its_exposure_names(
    view: str, small_home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLASSBOOK_HOME", str(small_home.home))
    asked = Asked(monkeypatch)
    st.cache_data.clear()
    page = AppTest.from_string(f"from dashboards.{view}.page import show\nshow()", default_timeout=120).run()
    assert not page.exception
    text = "\n".join([*(str(e.proto.body) for e in page.get("html")), *(str(m.value) for m in page.markdown)])
    shown = set(CODE.findall(text))
    # Names in their two languages, without the text around them.
    text = " ".join(re.sub(r"<[^>]*>", " ", text).split())
    if view == "marketing":
        # It shows names in place of codes: counts and costs are columns that it asks for, steps of the funnel rows that it prints.
        assert not shown
        shown = {m.code for m in load_metrics("marketing") if m.column in asked.words or f"{m.name_zh} {m.name_en}" in text}
    assert shown == figures(f"view_{view}")
    assert asked.words & MODELS == models(f"view_{view}")


@pytest.mark.parametrize("name", [name for name in regime_names() if load_regime(name).page])
def test_the_public_site_and_its_data_files_show_what_their_exposures_name(
    name: str, small_home: Settings, small_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked(monkeypatch)
    read_edition(small_home, current_snapshot(small_home), load_regime(name))
    [data] = small_site.glob(f"{name}-figures-*.json")
    page = small_site / "en" / "figures" / "index.html"
    edits = {check.code for check in load_checks()}
    assert set(CODE.findall(page.read_text(encoding="utf-8"))) - edits == figures(f"page_{name}")
    assert {figure["code"] for figure in json.loads(data.read_text(encoding="utf-8"))["figures"]} == figures(f"feed_{name}")
    assert asked.words & MODELS == models(f"page_{name}") == models(f"feed_{name}")


@pytest.mark.parametrize("name", regime_names())
def test_a_filing_holds_the_figures_edits_and_models_that_its_exposure_names(
    name: str, small_home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = Asked(monkeypatch)
    package = write_filing(small_home, name, "2019-02", tmp_path / "filing").folder
    forms = exposures()[f"filing_{name}"]["config"]["meta"]["forms"]
    regime = load_regime(name)
    # The first cell of a line is the figure's code; breakdowns split figures of other forms by kinds.
    written = {
        form.key: {line.split(",")[0] for line in (package / form.csv).read_text(encoding="utf-8").splitlines()[1:]}
        for form in regime.forms
    }
    assert {key: set(forms[key]) for key in written} == written
    assert set().union(*written.values()) == figures(f"filing_{name}")
    assert {form.key for form in (*regime.breakdowns, *regime.table_forms)} <= set(forms)
    edits = {edit["code"] for edit in json.loads((package / "checks.json").read_text(encoding="utf-8"))["edits"]}
    assert regime.edit_form is None or set(forms[regime.edit_form.key]) == edits
    # Control totals add up whichever staging tables the snapshot keeps.
    assert {model for model in asked.words & MODELS if not model.startswith("stg_")} == models(f"filing_{name}")

"""The guide to the figures (docs/metrics) describes every figure and every mart, in each language separately, and nothing else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from glassbook.catalogue import load_metrics, load_wordings, metric_sets
from glassbook.catalogue.guide import LANGUAGES, Language, load_relations, load_topics, load_words, places_of
from glassbook.catalogue.guide.formulas import formula_in
from glassbook.catalogue.guide.pages import guide_pages
from warehouse.dbt_runner import PROJECT_DIR

MARTS = PROJECT_DIR / "models" / "marts"
# What docs/naming.md calls money, a share, a rate, a number of things, a length of time, a figure or a part of one.
MEASURE = re.compile(r"(.*_)?(amount|share|rate|value|count|seconds|days|months|limit)|.*_amount_months|numerator|denominator")
LONGEST_PAGE = 300
# Tables of which a view is the union, told there: their columns are the view's.
HALVES = {"fct_user_event_value": "fct_user_value", "fct_user_open_value": "fct_user_value"}
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
# Code, link targets and comments have no language, nor have names of programs and parameters in a definition.
NO_WORDS = re.compile(r"`[^`]*`|\]\([^)]*\)|<!--.*?-->|^ {6}.*|\w+_\w+|\b(max|min|DuckDB)\b", flags=re.MULTILINE)


@cache
def marts(*folders: str) -> dict[str, dict[str, Any]]:
    """Record of each model in these folders of the marts, as its YAML describes it."""
    files = [path for folder in folders for path in sorted((MARTS / folder).glob("*.yml"))]
    return {model["name"]: model for path in files for model in _read(path).get("models", ())}


@cache
def _read(path: Path) -> Any:
    # The quick loader, where there is one: these files are many.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def columns_of(model: dict[str, Any]) -> list[str]:
    return [column["name"] for column in model["columns"]]


def text_of(language: Language) -> str:
    return "\n".join(page for name, page in guide_pages().items() if f"/{language}/" in name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_every_set_is_told_with_its_name_and_definition(language: Language) -> None:
    text = text_of(language)
    metrics = [metric for name in metric_sets() for metric in load_metrics(name)]
    assert len(metrics) > 200
    for metric in metrics:
        name, definition = (metric.name_zh, metric.definition_zh) if language == "zh" else (metric.name_en, metric.definition_en)
        told = text.split(f"### {metric.code}\n", 1)[1].split("\n#", 1)[0]
        assert name.lower() in told.lower() and definition in told, metric.code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_of_every_mart_is_told(language: Language) -> None:
    relations, text, models = load_relations(), text_of(language), marts("marketing", "operations")
    assert all(columns_of(models[half]) == columns_of(models[whole]) for half, whole in HALVES.items())
    measures = [
        f"{HALVES.get(name, name)}.{column}"
        for name, model in models.items()
        for column in columns_of(model)
        # A check's rows are findings, and what names a row is no measure of it.
        if MEASURE.fullmatch(column)
        and not name.startswith("chk_")
        and not ((whole := HALVES.get(name, name)) in relations and column in relations[whole].told_by)
    ]
    assert len(measures) > 250
    assert [measure for measure in measures if f"`{measure}`" not in text] == []


def test_every_place_is_a_column_of_a_mart() -> None:
    known = {
        f"{name}.{column}" for name, model in marts(".", "marketing", "operations", "disclosure/cn").items() for column in columns_of(model)
    }
    places = [place for topic in load_topics() for place in places_of(topic)]
    parts = [
        f"{entry.at[0].partition('.')[0]}.{part}"
        for topic in load_topics()
        for section in topic.sections
        for entry in section.measures
        for part in entry.parts
    ]
    of_figures = re.findall(r"`((?:fct|rpt)_\w+\.\w+)` over `((?:fct|rpt)_\w+\.\w+)`", text_of("en"))
    assert len(places) > 250 and len(parts) > 5 and len(of_figures) > 20
    assert [place for place in (*places, *parts, *(part for pair in of_figures for part in pair)) if place not in known] == []


def test_a_relation_is_told_by_its_grain() -> None:
    models = marts("marketing", "operations", "disclosure/cn")
    assert len(load_relations()) > 30
    for name, relation in load_relations().items():
        columns = columns_of(models[name])
        grains = [tests["grain"]["arguments"]["columns"] for tests in models[name].get("data_tests", []) if "grain" in tests]
        grain = models[name]["description"].split("Grain is one row per")[1]
        assert set(relation.told_by) <= set(columns), name
        assert not grains or list(relation.told_by) in grains, name
        assert [column for column in relation.told_by if not re.search(rf"\b{column}\b", grain)] == [], name


def test_pages_speak_one_language_and_are_short() -> None:
    pages = guide_pages()
    english = [name for name in pages if "/en/" in name]
    assert len(english) == len(load_topics()) + 1 and [name.replace("/en/", "/zh/") in pages for name in english] == [True] * len(english)
    assert [(name, line) for name in english for line in pages[name].splitlines() if CHINESE.search(line)] == []
    chinese = [(name, NO_WORDS.sub("", pages[name])) for name in pages if "/zh/" in name]
    assert [(name, line) for name, page in chinese for line in page.splitlines() if re.search(r"[a-z]{2}", line)] == []
    assert {name: length for name, page in pages.items() if (length := len(page.splitlines())) > LONGEST_PAGE} == {}


def test_what_a_definition_hangs_on_is_told_with_it() -> None:
    named = {(words.code, reading) for name in metric_sets() for words in load_wordings(name) for reading in words.readings}
    assert len(named) > 50
    text = text_of("en")
    for code, reading in named:
        told = text.split(f"### {code}\n", 1)[1].split("\n#", 1)[0]
        assert load_words().parameters[reading].en in told, (code, reading)


@pytest.mark.parametrize(
    ("formula", "zh", "en"),
    [
        ("Σ (放款本金 disbursed − 已收本金 received)", "Σ (放款本金 − 已收本金)", "Σ (disbursed − received)"),
        ("n(满标 funded) ÷ n(满标 funded + 流标 failed)", "n(满标) ÷ n(满标 + 流标)", "n(funded) ÷ n(funded + failed)"),
        ("min(出借人未收本金 lenders' outstanding, 损失 loss)", "min(出借人未收本金, 损失)", "min(lenders' outstanding, loss)"),
        ("n distinct(待还本金 outstanding > 0)", "n（去重）(待还本金 > 0)", "n distinct(outstanding > 0)"),
        ("A14 ÷ (A03 + A05)", "A14 ÷ (A03 + A05)", "A14 ÷ (A03 + A05)"),
    ],
)
def test_a_formula_is_taken_apart_by_language(formula: str, zh: str, en: str) -> None:
    assert (formula_in("zh", formula), formula_in("en", formula)) == (zh, en)

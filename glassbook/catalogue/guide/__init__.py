"""The guide to the figures: for marketers and executives, topic by topic, in two languages, as records read from YAML beside this file.

Belongs here: the shape of the records, and the checks of them against the catalogue. Does not: how a page looks (`pages`), the texts of a
figure that has a code (the catalogue), any text of the guide (`topics/*.yml`, `relations.yml`, `words.yml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from glassbook.catalogue import Metric, load_metrics, metric_sets, named_after

_COLUMN = re.compile(r"\b[a-z]\w*")
Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Record):
    """The same text in each language."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """The text in `language`."""
        return self.zh if language == "zh" else self.en


class GuideRelation(_Record):
    """A table, view or table function of the snapshot that holds figures."""

    told_by: tuple[str, ...]
    """Columns that identify a row, its grain; words.yml says what each is."""
    days: str
    """Which days or months it has: a name under `days` in words.yml."""
    what: Text


class GuideEntry(_Record):
    """What figures with a code and figures without one have in common."""

    at: tuple[str, ...] = ()
    """Where it is, as `relation.column`; for a figure with a code in addition to the places of its section."""
    parts: tuple[str, ...] = ()
    """Columns of the first place's relation with its numerator and its denominator; none if it is not a ratio."""
    by: tuple[str, ...] = ()
    """Kinds of segments, or groups of them, by which an operating figure is given; those of the section where it names none."""
    reads: tuple[str, ...] = ()
    """Readings and parameters that change it, besides those that its definition names: names under `parameters` in words.yml."""
    formula: Text | None = None
    mind: Text | None = None
    """What readers often misunderstand about it."""


class GuideFigure(GuideEntry):
    """A figure of the catalogue, which holds its texts."""

    code: str
    also: Text | None = None
    """Other names of it in the trade."""
    equals: tuple[str, ...] = ()
    """Other figures with the same value on every day, where the catalogue does not say so (`same_as`); one of each pair names the other."""


class Measure(GuideEntry):
    """A figure in a column of a mart that has no code."""

    name: Text
    definition: Text
    unit: str
    where: str | None = None
    """Condition on the rows, where a column holds more than one figure."""


class Section(_Record):
    """Figures that belong and are shown together."""

    title: Text
    about: Text
    seen: Text | None = None
    """Where the apps show it."""
    at: tuple[str, ...] = ()
    """Places of every figure with a code in it."""
    by: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    formula: Text | None = None
    """The default for its figures that name none."""
    mind: tuple[Text, ...] = ()
    figures: tuple[GuideFigure, ...] = ()
    measures: tuple[Measure, ...] = ()


class Topic(_Record):
    """One page in each language."""

    name: str
    group: str
    title: Text
    about: Text
    """The questions that it answers."""
    source: Text | None = None
    """The legal source of its figures; None for general figures."""
    sections: tuple[Section, ...]

    def figures(self) -> Iterator[tuple[Section, GuideFigure]]:
        """Every figure with a code, with its section."""
        return ((section, figure) for section in self.sections for figure in section.figures)


class GuideWords(_Record):
    """Phrases that many pages share, by the name used in the records."""

    topics: tuple[str, ...]
    """Names of the topics in the order of the index."""
    groups: dict[str, Text]
    labels: dict[str, Text]
    units: dict[str, Text]
    periods: dict[str, Text]
    days: dict[str, Text]
    columns: dict[str, Text]
    """What the columns that identify a row are."""
    segments: dict[str, Text]
    segment_groups: dict[str, tuple[str, ...]]
    parameters: dict[str, Text]
    index: dict[str, Text]


@cache
def load_words() -> GuideWords:
    """The shared phrases; after the general topics come those of each regime (`words_<regime>.yml`)."""
    words = _read("words.yml")
    of_regimes = (topic for regime in named_after(__package__, "words") for topic in _read(f"words_{regime}.yml")["topics"])
    return GuideWords(**words | {"topics": (*words["topics"], *of_regimes)})


@cache
def load_relations() -> dict[str, GuideRelation]:
    """The relations that hold figures, by name: the general ones, then those of each regime (`relations_<regime>.yml`)."""
    documents = ("relations.yml", *(f"relations_{regime}.yml" for regime in named_after(__package__, "relations")))
    return {name: GuideRelation(**record) for document in documents for name, record in _read(document).items()}


@cache
def load_topics() -> tuple[Topic, ...]:
    """Every topic, in the order of the index. Raises ValueError where a code or relation is unknown, appears twice or is missing."""
    topics = tuple(Topic(name=name, **_read(f"topics/{name}.yml")) for name in load_words().topics)
    told = [figure.code for topic in topics for _, figure in topic.figures()]
    if sorted(told) != sorted(metrics_by_code()):
        raise ValueError(f"told twice or of no set: {_surplus(told)}; not told: {sorted(set(metrics_by_code()) - set(told))}")
    unknown = {place.partition(".")[0] for topic in topics for place in places_of(topic)} - set(load_relations())
    if unknown:
        raise ValueError(f"relations.yml does not say what these are: {sorted(unknown)}")
    return topics


@cache
def metrics_by_code() -> dict[str, Metric]:
    """Every figure of every set, by code."""
    return {metric.code: metric for name in metric_sets() for metric in load_metrics(name)}


@cache
def set_of_code() -> dict[str, str]:
    """The set of each code."""
    return {metric.code: name for name in metric_sets() for metric in load_metrics(name)}


def places_of_figure(section: Section, figure: GuideFigure) -> tuple[str, ...]:
    """Where a figure is: the places of its section, the column that the catalogue names, and its own places."""
    metric = metrics_by_code()[figure.code]
    own = (f"{metric.model}.{metric.column}",) if metric.model in load_relations() else ()
    return tuple(dict.fromkeys((*section.at, *own, *figure.at)))


def rows_of_figure(figure: GuideFigure) -> tuple[str, ...]:
    """Where to find the rows that add up to a figure, as `relation.column`: for a ratio to its numerator, then to its denominator. None
    where the guide does not describe the relation."""
    rows = metrics_by_code()[figure.code].row_source
    if rows is None or rows.model not in load_relations():
        return ()
    columns = [name for part in (rows.column, rows.denominator or "") for name in _COLUMN.findall(part)]
    return tuple(dict.fromkeys(f"{rows.model}.{column}" for column in columns))


def values_of_figure(figure: GuideFigure) -> tuple[str, ...]:
    """Where to read the values of a figure that has one value per key, if not in the place that the catalogue names."""
    metric = metrics_by_code()[figure.code]
    told = metric.values
    return (f"{told.model}.{told.column or metric.column}",) if told is not None and told.model else ()


def places_of(topic: Topic) -> tuple[str, ...]:
    """Every `relation.column` that the topic describes; numerators and denominators are separate entries."""
    of_figures = (
        place
        for section, figure in topic.figures()
        for place in (*places_of_figure(section, figure), *values_of_figure(figure), *rows_of_figure(figure))
    )
    of_measures = (place for section in topic.sections for measure in section.measures for place in measure.at)
    return tuple(dict.fromkeys((*of_figures, *of_measures)))


@cache
def equal_figures() -> frozenset[tuple[str, str]]:
    """Each pair of codes whose figures have the same value, in both orders: by the catalogue, or by the guide."""
    named = [(figure.code, other) for topic in load_topics() for _, figure in topic.figures() for other in figure.equals]
    named += [(metric.code, metric.same_as) for metric in metrics_by_code().values() if metric.same_as]
    return frozenset(pair for one, other in named for pair in ((one, other), (other, one)))


def segments_of(section: Section, figure: GuideFigure) -> tuple[str, ...]:
    """Kinds of segments by which an operating figure is given, besides the total."""
    groups = load_words().segment_groups
    return tuple(kind for name in figure.by or section.by for kind in groups.get(name, (name,)))


@cache
def segments_by_code() -> dict[str, tuple[str, ...]]:
    """The same for every figure of the guide."""
    return {figure.code: segments_of(section, figure) for topic in load_topics() for section, figure in topic.figures()}


def tells_by_code(relation: str) -> bool:
    """Whether the relation has one row per code, so that one column holds many figures."""
    return "code" in load_relations()[relation].told_by


def is_whole(place: str) -> bool:
    """Whether the figure at `relation.column` is a total on a stored day, which `glassbook figures` shows."""
    return load_relations()[place.partition(".")[0]].told_by == ("as_of_on", "code")


def _surplus(told: list[str]) -> list[str]:
    known = set(metrics_by_code())
    return sorted({code for code in told if told.count(code) > 1 or code not in known})


def _read(path: str) -> Any:
    text = (resources.files(__package__) / path).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

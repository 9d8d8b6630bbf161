"""How the guide looks as Markdown: an index and one page per topic, in each language.

Belongs here: only the look. Does not: any text about a figure (the records), files (`glassbook.catalogue.documentation`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from glassbook.catalogue import Metric, load_wordings
from glassbook.catalogue.guide import (
    LANGUAGES,
    GuideFigure,
    Language,
    Measure,
    Section,
    Topic,
    equal_figures,
    is_whole,
    load_relations,
    load_topics,
    load_words,
    metrics_by_code,
    places_of,
    places_of_figure,
    rows_of_figure,
    segments_of,
    set_of_code,
    tells_by_code,
    values_of_figure,
)
from glassbook.catalogue.guide.formulas import formula_in
from glassbook.catalogue.guide.phrasing import clause, colon, comma, full_stop, label, listed, other, semicolons, table

NOTE = "<!-- Written by `python -m glassbook.catalogue.documentation` from glassbook/catalogue; change that, not this. -->"
FOLDER = "metrics"
_CODE = re.compile(r"(?<![\w#/.`-])(?:[A-Z]{2}-)?[A-Z]\d{2}\b(?!\.md)")
_COUNTED = {"loans", "persons", "listings", "applications", "transfers", "sessions", "conversions", "steps", "payments", "campaigns"}


def guide_pages() -> dict[str, str]:
    """Path in docs/ and content of each page of the guide."""
    pages = {f"{FOLDER}/README.md": _entrance()}
    for language in LANGUAGES:
        pages[f"{FOLDER}/{language}/README.md"] = _index(language)
        for topic in load_topics():
            pages[f"{FOLDER}/{language}/{topic.name}.md"] = _page(topic, language)
    return pages


def page_of(code: str) -> str:
    """Name of the topic that describes a figure."""
    return _topic_of(code).name


@cache
def _topic_of(code: str) -> Topic:
    return next(topic for topic in load_topics() for _, figure in topic.figures() if figure.code == code)


def _entrance() -> str:
    lines = [NOTE, "", "# Guide to the figures 指标手册", ""]
    about = load_words().index["about"]
    lines += [f"- [English](en/README.md): {about.en}", f"- [中文](zh/README.md)：{about.zh}"]
    return "\n".join(lines) + "\n"


def _index(language: Language) -> str:
    words = load_words()
    said = {name: text.of(language) for name, text in words.index.items()}
    lines = [
        NOTE,
        "",
        f"# {said['title']}",
        "",
        said["about"],
        "",
        f"[{label('other', language)}](../{other(language)}/README.md)",
    ]
    lines += ["", f"## {said['topics']}"]
    for group, title in words.groups.items():
        lines += ["", f"### {title.of(language)}", ""]
        lines += table(
            (said["topics"], said["questions"], said["count"]),
            (
                (f"[{topic.title.of(language)}]({topic.name}.md)", topic.about.of(language), str(sum(1 for _ in topic.figures())))
                for topic in load_topics()
                if topic.group == group
            ),
        )
    lines += ["", f"## {said['rules']}", "", *(f"- {text}" for name, text in said.items() if name.startswith("rule_"))]
    lines += ["", f"## {said['look']}", "", *(f"- {text}" for name, text in said.items() if name.startswith("look_"))]
    lines += ["", "      select * from rpt_operations_changes_between(date '2019-11-30', date '2019-12-31') where code = 'OP-C03'"]
    lines += ["", f"## {said['segments']}", "", said["segments_about"], ""]
    lines += table(("`segment_kind`", said["segment"]), ((f"`{kind}`", name.of(language)) for kind, name in words.segments.items()))
    return "\n".join([*lines, "", said["codes"]]) + "\n"


def _page(topic: Topic, language: Language) -> str:
    mark = colon(language)
    lines = [NOTE, "", f"# {topic.title.of(language)}", "", topic.about.of(language), ""]
    lines += [f"[{label('back', language)}](README.md) · [{label('other', language)}](../{other(language)}/{topic.name}.md)"]
    names = (f"[{_name(figure.code, language)}](#{figure.code.lower()})" for _, figure in topic.figures())
    lines += ["", f"{label('on_page', language)}{mark}{listed(names, language)}{full_stop(language)}"]
    if not topic.source:
        lines += ["", f"{label('source', language)}{mark}{label('house', language)}{full_stop(language)}"]
    for section in topic.sections:
        lines += ["", f"## {section.title.of(language)}", "", _linked(section.about.of(language), topic)]
        if section.seen is not None:
            lines += ["", f"{label('seen', language)}{mark}{section.seen.of(language)}"]
        if section.mind:
            lines += ["", *(f"- **{label('mind', language)}**{mark}{_linked(mind.of(language), topic)}" for mind in section.mind)]
        for figure in section.figures:
            lines += _figure(topic, section, figure, language)
        if section.measures:
            lines += ["", f"**{label('beside', language)}**"] if section.figures else []
            lines += ["", *_measures(section, topic, language)]
    lines += ["", f"## {label('tables', language)}", "", *_relations(topic, language)]
    return "\n".join(lines) + "\n"


def _figure(topic: Topic, section: Section, figure: GuideFigure, language: Language) -> list[str]:
    metric = metrics_by_code()[figure.code]
    definition = metric.definition_zh if language == "zh" else metric.definition_en
    also = clause(f"{label('also', language)}{figure.also.of(language)}", language) if figure.also else ""
    name = _name(metric.code, language)
    said = f"**{name[:1].upper()}{name[1:]}**{also}{colon(language)}{definition}{full_stop(language)}"
    lines = ["", f"### {metric.code}", "", said, ""]
    facts = [
        ("formula", _formula(topic, section, figure, language)),
        ("unit", _unit_and_day(metric, language)),
        ("where", _where(section, figure, language)),
        ("by", listed((load_words().segments[kind].of(language) for kind in segments_of(section, figure)), language)),
        ("parts", _parts(section, figure, language)),
        ("see", _see(topic, section, figure, language)),
        ("reads", semicolons(_reads(section, figure, language), language)),
        ("equals", _equals(topic, metric, language)),
        ("needs", listed((f"`{need}`" for need in metric.needs), language)),
        ("mind", _linked(figure.mind.of(language), topic) if figure.mind else ""),
        ("source", topic.source.of(language) if topic.source else ""),
    ]
    lines += [f"- {label(fact, language)}{colon(language)}{text}" for fact, text in facts if text]
    return lines + ([f"- {label('cumulative', language)}"] if metric.is_cumulative else [])


def _name(code: str, language: Language) -> str:
    metric = metrics_by_code()[code]
    return metric.name_zh if language == "zh" else metric.name_en


def _formula(topic: Topic, section: Section, figure: GuideFigure, language: Language) -> str:
    written = figure.formula or section.formula
    metric = metrics_by_code()[figure.code]
    text = written.of(language) if written else formula_in(language, metric.formula)
    return _linked(text, topic, metric.code.partition("-")[0])


def _unit_and_day(metric: Metric, language: Language) -> str:
    words = load_words()
    unit = words.units[metric.unit].of(language)
    if metric.unit != "as the figure":
        places = f"{metric.decimals} {label('decimals', language)}" if metric.decimals else label("no_decimals", language)
        unit += f"{comma(language)}{places}"
    return semicolons((unit, words.periods[metric.period].of(language)), language)


def _where(section: Section, figure: GuideFigure, language: Language) -> str:
    return semicolons((_place(place, language) for place in (*places_of_figure(section, figure), *values_of_figure(figure))), language)


def _place(place: str, language: Language) -> str:
    """A column, and the key of its rows, without code and segment, which are described elsewhere."""
    relation = load_relations()[place.partition(".")[0]]
    told = [load_words().columns[column].of(language) for column in relation.told_by]
    days = load_words().days[relation.days].of(language)
    details = days if tells_by_code(place.partition(".")[0]) else f"{label('by_columns', language)}{listed(told, language)}"
    return f"`{place}`{clause(details, language)}"


def _parts(section: Section, figure: GuideFigure, language: Language) -> str:
    places = places_of_figure(section, figure)
    said = []
    if figure.parts:
        relation = next(place.partition(".")[0] for place in places if not tells_by_code(place.partition(".")[0]))
        said.append(_over(relation, figure.parts, language))
    if "÷" in metrics_by_code()[figure.code].formula and any(
        tells_by_code(place.partition(".")[0]) and place.endswith(".value") for place in places
    ):
        said.append(label("parts_beside", language))
    return semicolons(said, language)


def _over(relation: str, parts: tuple[str, ...], language: Language) -> str:
    return f" {label('over', language)} ".join(f"`{relation}.{part}`" for part in parts)


def _see(topic: Topic, section: Section, figure: GuideFigure, language: Language) -> str:
    name = set_of_code()[figure.code]
    option = f"--regime {name}" if topic.source else f"--set {name}"
    shown = f"`glassbook figures {option} --as-of D`" if any(map(is_whole, places_of_figure(section, figure))) else ""
    # The codes of general figures name their set themselves.
    call = f"glassbook explain {figure.code} {option}" if topic.source else f"glassbook explain {figure.code}"
    explained = f"`{call} --as-of D`{clause(_made_of(topic, section, figure, language), language)}"
    return semicolons((shown, explained), language)


def _made_of(topic: Topic, section: Section, figure: GuideFigure, language: Language) -> str:
    """What `explain` shows: the rows behind the figure, and where they are if not with the figure, or why there are none."""
    metric = metrics_by_code()[figure.code]
    why = metric.no_rows_zh if language == "zh" else metric.no_rows_en
    if why is not None:
        return f"{label('no_rows', language)}{colon(language)}{_linked(why, topic)}"
    shown = label("rows", language)
    places = [place for place in rows_of_figure(figure) if place not in places_of_figure(section, figure)]
    if not places:
        return shown
    relation = load_relations()[places[0].partition(".")[0]]
    told = listed((load_words().columns[column].of(language) for column in relation.told_by), language)
    where = listed((f"`{place}`" for place in places), language)
    return f"{shown}{colon(language)}{where}{comma(language)}{label('by_columns', language)}{told}"


def _reads(section: Section, figure: GuideFigure, language: Language) -> Iterable[str]:
    named = {name for words in load_wordings(set_of_code()[figure.code]) if words.code == figure.code for name in words.readings}
    names = dict.fromkeys((*sorted(named), *section.reads, *figure.reads))
    return (load_words().parameters[name].of(language) for name in names)


def _equals(topic: Topic, metric: Metric, language: Language) -> str:
    codes = sorted(twin for code, twin in equal_figures() if code == metric.code)
    by_law = any(_topic_of(code).source for code in (metric.code, *codes))
    said = listed((_linked(code, topic) for code in codes), language)
    return f"{said}{label('equals_home', language) if by_law else ''}" if codes else ""


def _measures(section: Section, topic: Topic, language: Language) -> list[str]:
    heads = tuple(label(name, language) for name in ("name", "says", "formula", "measure_unit", "where"))
    return table(heads, (_measure(measure, topic, language) for measure in section.measures))


def _measure(measure: Measure, topic: Topic, language: Language) -> tuple[str, ...]:
    places = listed((f"`{place}`" for place in measure.at), language)
    if measure.where:
        places += clause(f"{label('condition', language)} `{measure.where}`", language)
    return (
        measure.name.of(language),
        _linked(measure.definition.of(language), topic),
        _linked(_formula_of_measure(measure, language), topic),
        load_words().units[measure.unit].of(language),
        places,
    )


def _formula_of_measure(measure: Measure, language: Language) -> str:
    if measure.formula is not None:
        return measure.formula.of(language)
    if measure.parts:
        return " ÷ ".join(f"`{part}`" for part in measure.parts)
    return "n" if measure.unit in _COUNTED else "Σ"


def _relations(topic: Topic, language: Language) -> list[str]:
    words, relations = load_words(), load_relations()
    names = dict.fromkeys(place.partition(".")[0] for place in places_of(topic))
    heads = tuple(label(name, language) for name in ("table", "table_says", "told_by", "days"))
    return table(
        heads,
        (
            (
                f"`{name}`",
                relations[name].what.of(language),
                listed((words.columns[column].of(language) for column in relations[name].told_by), language),
                words.days[relations[name].days].of(language),
            )
            for name in names
        ),
    )


def _linked(text: str, topic: Topic, prefix: str = "") -> str:
    """The text with each code of the catalogue as a link; a code without a prefix is one of `prefix`."""

    def link(match: re.Match[str]) -> str:
        code = match[0] if "-" in match[0] else f"{prefix}-{match[0]}"
        if code not in metrics_by_code():
            return match[0]
        page = page_of(code)
        return f"[{code}]({'' if page == topic.name else f'{page}.md'}#{code.lower()})"

    return _CODE.sub(link, text)

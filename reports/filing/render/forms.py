"""The content of each form of a regime: figures, breakdowns, the platform, projects, edits, laid out as the regime declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from glassbook.catalogue import Metric
from glassbook.profile import Profile, ProfileEntry, entries_as_of
from reports.figures.reading import Figure
from reports.filing.declare.regime import EditForm, Form, ProfileForm, ProfilePart, Regime
from reports.filing.render.breakdowns import BrokenDown
from reports.filing.render.finding_words import finding_in_words, message_in_words
from reports.filing.render.notes import note_in_words
from reports.filing.render.sheets import NO_VALUE, Cell, Number, Sheet
from reports.present.units import unit_zh

NOT_SUPPLIED = "未提供 not supplied"
_FIGURE_HEADINGS = ("代码", "指标", "Indicator", "单位", "数值", "分子", "分母", "备注")
_PROFILE_HEADINGS = ("类别", "序号", "项目", "内容", "生效日期", "披露日期")
_EDIT_HEADINGS = ("代码", "级别", "校验规则", "Rule", "依据", "结果", "发现数", "说明")
# Findings that a form quotes; all of them are in checks.json.
_QUOTED = 3


def figure_sheet(regime: Regime, form: Form, metrics: Sequence[Metric], figures: Mapping[str, Figure]) -> Sheet:
    """A form of figures, one per row; the definition is a note on the name."""
    shown = [metric for metric in metrics if metric.section in form.sections]
    rows: list[list[Cell]] = []
    for metric in shown:
        figure = figures[metric.code]
        # For a plain figure the numerator is the value itself: showing it twice would only raise questions.
        parts: list[Cell] = ["", ""]
        if figure.denominator is not None:
            parts = [Number.exact(figure.numerator), Number.exact(figure.denominator)]
        value = Number(figure.value, figure.decimals, figure.unit)
        note = note_in_words(regime, figure.code, figure.note, partial(_amount, unit=unit_zh(figure.unit)))
        rows.append([metric.code, metric.name_zh, metric.name_en, unit_zh(figure.unit), value, *parts, note])
    notes = {(row, 1): _definition(metric) for row, metric in enumerate(shown)}
    return Sheet(
        *(form.key, form.sheet, form.title_zh, form.title_en, form.csv, _FIGURE_HEADINGS, rows, notes), frozen_columns=2, layout="figures"
    )


def breakdown_sheet(broken: BrokenDown, figures: Mapping[str, Figure], profile: Profile | None, as_of: date) -> Sheet:
    """A form of kinds; its last line is the figure itself, to which the kinds add up."""
    declared = broken.declared
    kind, *others = declared.columns
    schedule = _schedule(broken, profile, as_of)
    extra = [] if declared.schedule is None else declared.schedule.fields
    headings = [f"{c.title_zh}\n{c.title_en}" for c in declared.columns] + [f"{f.title_zh}\n{f.title_en}" for f in extra]
    held = {str(row[0]): row for row in broken.rows}
    rows: list[list[Cell]] = []
    for code in [*held, *(code for code in schedule if code not in held)] if broken.is_supplied else []:
        numbers: list[Cell] = [
            Number(Decimal(held[code][place]) if code in held else Decimal(0), column.decimals or 0)
            for place, column in enumerate(others, start=1)
        ]
        rows.append([kind.labels.get(code, code), *numbers, *schedule.get(code, [NO_VALUE] * len(extra))])
    if not broken.is_supplied:
        rows = [[NOT_SUPPLIED, *[""] * (len(headings) - 1)]]
    rows.append([*_totals(broken, figures), *[""] * len(extra)])
    return Sheet(
        *(declared.key, declared.sheet, declared.title_zh, declared.title_en, declared.csv, tuple(headings), rows),
        layout="breakdown",
        total_rows=1,
    )


def _schedule(broken: BrokenDown, profile: Profile | None, as_of: date) -> dict[str, list[Cell]]:
    """What the profile says of each kind on the day."""
    declared = broken.declared.schedule
    if declared is None or profile is None:
        return {}
    found: dict[str, list[Cell]] = {}
    for entry in entries_as_of(profile, declared.section, as_of):
        record = entry.record.model_dump(mode="json")
        found[str(record[declared.kind_field])] = [_words(record[f.name], f.labels) for f in declared.fields]
    return found


def _totals(broken: BrokenDown, figures: Mapping[str, Figure]) -> list[Cell]:
    cells: list[Cell] = ["合计 Total"]
    for column, total in zip(broken.declared.columns[1:], broken.totals, strict=True):
        figure = figures.get(column.total_code or "")
        value = figure.value if figure is not None else Decimal(total) if broken.is_supplied else None
        cells.append(Number(value, column.decimals or 0))
    return cells


def profile_sheet(form: ProfileForm, profile: Profile | None, as_of: date) -> Sheet:
    """The platform on the day, as its profile says."""
    rows: list[list[Cell]] = []
    for part in form.parts:
        entries = [] if profile is None else entries_as_of(profile, part.section, as_of)
        rows += _part(part, entries) or [[part.title_zh, "", "", NOT_SUPPLIED if profile is None else "无", "", ""]]
    return Sheet(
        *(form.key, form.sheet, form.title_zh, form.title_en, form.csv, _PROFILE_HEADINGS, rows), frozen_columns=3, layout="profile"
    )


def _part(part: ProfilePart, entries: Sequence[ProfileEntry]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for number, entry in enumerate(entries, start=1):
        record = entry.record.model_dump(mode="json")
        told = str(record.get("disclosed_on") or "未披露")
        for field in part.fields:
            if (value := record.get(field.name)) in (None, [], ""):
                continue
            rows.append(
                [part.title_zh, Number(Decimal(number), 0), field.title_zh, _words(value, field.labels), str(entry.valid_from), told]
            )
    return rows


def _words(value: Any, labels: Mapping[str, str]) -> str:
    if isinstance(value, dict):  # an attachment
        return f"{value['file']}（SHA-256 {value['sha256']}）"
    if isinstance(value, list):
        return "、".join(labels.get(str(one), str(one)) for one in value)
    if labels.get("_") == "percent":
        return f"{(Decimal(str(value)) * 100).normalize():f}%"
    if labels.get("_") == "money":
        return f"{Decimal(str(value)):,.2f}{labels['unit']}"
    return labels.get(str(value), str(value))


def edit_sheet(form: EditForm, edits: Sequence[Mapping[str, Any]]) -> Sheet:
    """Every edit with its outcome, and the reason or the first findings of one that fired; `edits` are records of checks.json."""
    rows: list[list[Cell]] = []
    for edit in edits:
        severity, outcome = form.severities.get(edit["severity"], edit["severity"]), form.outcomes.get(edit["outcome"], edit["outcome"])
        count = Number(Decimal(edit["finding_count"]), 0)
        rows.append([edit["code"], severity, edit["rule_zh"], edit["rule_en"], edit["source"], outcome, count, _said(form, edit)])
    return Sheet(*(form.key, form.sheet, form.title_zh, form.title_en, form.csv, _EDIT_HEADINGS, rows), frozen_columns=1, layout="edits")


def _said(form: EditForm, edit: Mapping[str, Any]) -> str:
    findings = edit["findings"]
    quoted = [finding_in_words(form, finding) for finding in findings[:_QUOTED]]
    more = [f"另有{len(findings) - _QUOTED}条，全部见checks.json"] if len(findings) > _QUOTED else []
    reason = [f"理由：{edit['reason']}"] if edit.get("reason") else []
    return "；".join([*reason, *([message_in_words(form, edit["message"])] if edit["message"] else []), *quoted, *more])


def _amount(amount: Decimal, unit: str) -> str:
    return f"{amount:,f}{unit}"


def _definition(metric: Metric) -> str:
    return "\n".join([metric.definition_zh, metric.definition_en, f"公式：{metric.formula}", f"依据：{metric.basis}"])

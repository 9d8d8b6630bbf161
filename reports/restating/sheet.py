"""The sheet of the workbook that says which figures changed since the version before, and why; the loans are in the annex."""

from __future__ import annotations

from decimal import Decimal

from reports.filing.render.sheets import NO_VALUE, Cell, Number, Sheet
from reports.restating.annex import ANNEX_CSV, ANNEX_JSON
from reports.restating.comparison import ChangedFigure, Comparison
from reports.restating.words import CAUSES_ZH

_HEADINGS = (
    *("编号\nCode", "指标\nIndicator", "单位\nUnit", "原版本\nBefore", "本版本\nAfter", "差额\nDifference", "原因\nCause"),
    "涉及笔数\nRows behind",
)


def restatement_sheet(comparison: Comparison) -> Sheet:
    """One line per changed figure."""
    before = comparison.before.facts
    named = f"第{before['version']}版（数据截至{before['known_at']}所知，封签{str(before['seal'])[:12]}）"
    remark = f"与{named}相比；逐笔明细见{ANNEX_CSV}与{ANNEX_JSON}"
    rows = [_line(figure) for figure in comparison.figures]
    if not rows:
        rows = [["—", "各项指标均无变化 no figure changed", *[""] * (len(_HEADINGS) - 2)]]
    title = ("更正说明", "Restatement: what changed since the version named below, and why")
    return Sheet("restatement", "更正说明", *title, "", _HEADINGS, rows, remark=remark, layout="restatement")


def _line(figure: ChangedFigure) -> list[Cell]:
    metric, unit = figure.metric, str((figure.after or figure.before or {}).get("unit") or "")
    name = figure.code if metric is None else f"{metric.name_zh} {metric.name_en}"
    causes = "、".join(f"{CAUSES_ZH[cause]} {cause}" for cause in figure.causes) or "仅附注 note only"
    behind = Number(Decimal(len(figure.rows)), 0)
    return [figure.code, name, unit, *(_value(figure, side) for side in (figure.before, figure.after)), _difference(figure), causes, behind]


def _places(figure: ChangedFigure) -> int:
    return 2 if figure.metric is None else figure.metric.decimals


def _value(figure: ChangedFigure, record: dict[str, str | None] | None) -> Cell:
    value = None if record is None else record["value"]
    return NO_VALUE if value is None else Number(Decimal(value), _places(figure))


def _difference(figure: ChangedFigure) -> Cell:
    return Number(figure.difference, _places(figure))

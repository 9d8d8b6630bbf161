"""The words for the causes of a change, for documents and pages. Does not: find the causes (`comparison`)."""

from __future__ import annotations

from collections.abc import Iterable

CAUSES_ZH = {
    "late rows": "迟到数据",
    "corrected rows": "修正数据",
    "reversed rows": "冲销数据",
    "rule version": "规则版本",
    "parameter": "参数",
    "code": "程序",
    "unexplained": "原因不明",
}


def causes_in_words(causes: Iterable[str], language: str) -> str:
    """The causes in a list; in every language except Chinese by their names in the annex."""
    return "、".join(CAUSES_ZH[cause] for cause in causes) if language == "zh" else ", ".join(causes)

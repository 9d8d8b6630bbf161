"""The filing for signature as PDF, typeset by Typst from a regime's template with the fonts in reports/filing/render/fonts.

The same content gives the same bytes: the timestamp is the as-of date, no system font is used, only template and data are read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from reports.filing.declare.regime import Pdf, Regime
from reports.filing.render.font_signs import FONTS, drawable
from reports.filing.render.sheets import Number, Sheet, shown

# PDF/A-2u: for archives, with the Unicode of every character, so that the text can be read back in thirty years.
_STANDARD: Literal["a-2u"] = "a-2u"


def build_pdf(regime: Regime, declared: Pdf, head: Mapping[str, Any], figures_sha256: str, sheets: Sequence[Sheet], as_of: date) -> bytes:
    """The document's bytes. A form of many rows shows only its remark; a character that no font has is written as its number."""
    import typst

    document = {
        "head": {name: "" if value is None else str(value) for name, value in head.items() if not isinstance(value, list)},
        "id": f"{regime.name}-{head['period']}",
        # In the platform's time zone, in parts: the template decides how an instant is written.
        "known_at": _clock(head),
        "is_draft": head["status"] == "draft",
        "replaces": head.get("replaces"),
        "figures_sha256": figures_sha256,
        "signatures": list(declared.signatures),
        "forms": [_form(sheet) for sheet in sheets],
    }
    compiler = typst.Compiler(
        str(regime.folder / declared.template),
        root=str(regime.folder),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(drawable(document), ensure_ascii=False)},
    )
    stamp = datetime.combine(as_of, time(), UTC)
    made = compiler.compile(format="pdf", timestamp=stamp, pdf_standards=_STANDARD)
    assert isinstance(made, bytes)  # a PDF is one document, and no output file was asked for
    return made


def _clock(head: Mapping[str, Any]) -> dict[str, Any]:
    known_at = datetime.fromisoformat(head["known_at"]).astimezone(ZoneInfo(head["timezone"]))
    return {"day": known_at.date().isoformat(), "time": f"{known_at:%H:%M}", "zone": head["timezone"]}


def _form(sheet: Sheet) -> dict[str, Any]:
    rows = [] if sheet.layout == "projects" else sheet.rows
    return {
        "title_zh": sheet.title_zh,
        "title_en": sheet.title_en,
        "layout": sheet.layout,
        "remark": sheet.remark_alone or sheet.remark,
        "total_rows": sheet.total_rows,
        "headings": [heading.partition("\n")[0] for heading in sheet.headings],
        "rows": [[{"text": shown(cell), "is_number": isinstance(cell, Number)} for cell in row] for row in rows],
    }

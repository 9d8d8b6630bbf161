"""Tables of texts: on a narrow screen the name of a line stays visible while the rest scrolls, and a shade shows that there is more.

Belongs here: the structure and look of a table. Does not: its content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import accumulate

import streamlit as st

from dashboards.components.wording import in_currency

# A text, or a text over a smaller one: its English, or a detail.
Cell = str | tuple[str, str]

# A number and its unit, which must not be split at the end of a line.
_TOGETHER = re.compile(r"(?<=\b[A-Z]{3}) (?=10,000)| (?=%)")

CSS = """
.gb-scroll { overflow-x: auto; border: 1px solid #d9dee3; border-radius: 10px; margin-bottom: 1rem;
  background: linear-gradient(to left, #fff 40%, #fff0) right / 48px 100% no-repeat local,
    linear-gradient(to left, #17202a2b, #17202a00) right / 16px 100% no-repeat scroll, #fff; }
.gb-table { border-collapse: separate; border-spacing: 0; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
.gb-table th, .gb-table td { padding: 7px 8px; border: 0; border-bottom: 1px solid #e3e7eb; text-align: right; line-height: 1.35; }
.gb-table td { white-space: nowrap; }
.gb-table th { color: #56616c; font-weight: 600; vertical-align: bottom; white-space: normal; word-break: keep-all; }
.gb-table small, .gb-table .gb-en { display: block; color: #56616c; font-size: .86em; font-weight: 400; }
.gb-table .gb-name { text-align: left; white-space: normal; word-break: keep-all; overflow-wrap: break-word; }
.gb-table .gb-name:first-child { position: sticky; left: 0; z-index: 1; background: #fff; padding-left: 16px; min-width: 7.5rem; }
.gb-table td.gb-name:not(:first-child) { min-width: 6em; }
.gb-table th:last-child, .gb-table td:last-child { padding-right: 16px; }
.gb-zh { white-space: nowrap; }
.gb-table .gb-part { text-align: left; border-left: 1px solid #e3e7eb; }
.gb-table .gb-first { border-left: 1px solid #e3e7eb; }
.gb-table tbody tr:last-child td { border-bottom: 0; }
.gb-sum tbody tr:last-child td { border-top: 1px solid #9aa5b0; font-weight: 600; }
@media (max-width: 640px) {
  .gb-table { font-size: .84rem; } .gb-table th, .gb-table td { padding: 6px; }
  .gb-table .gb-name:first-child { padding-left: 10px; min-width: 5.5rem; max-width: 9.5rem; box-shadow: 1px 0 #e3e7eb; }
}
"""


def both(zh: str, en: str) -> str:
    """Chinese first, English beside or below it, as HTML; `¤` in either is replaced by the platform's currency."""
    zh, en = in_currency(zh, en)
    # A heading may break only before its unit; dates and ranges stay whole.
    name, bracket, unit = zh.partition("（")
    parts = [f'<span class="gb-zh">{_text(part)}</span>' for part in (name, f"{bracket}{unit}") if part]
    return "<wbr>".join(parts) + (f' <span class="gb-en" lang="en">{_text(en)}</span>' if en else "")


def table(
    header: Sequence[tuple[str, str]],
    lines: Iterable[Sequence[Cell]],
    *,
    names: int = 1,
    is_summed: bool = False,
    parts: Sequence[tuple[str, str, int]] = (),
    empty: tuple[str, str] = ("无。", "None."),
) -> None:
    """A table, each text escaped.

    The first `names` columns are words, aligned left; the others are values. `is_summed` marks the last line as the total. `parts` are
    headings over several columns each: Chinese, English, number of columns; the name columns have none. A table without lines shows
    `empty`.
    """
    lines = list(lines)
    if not lines:
        st.caption(" ".join(empty))
        return
    # Where a part begins, except the first.
    firsts = {names + before for before in accumulate(span for *_, span in parts)}
    kinds = ["gb-name" if place < names else "gb-first" if place in firsts else "" for place in range(len(header))]
    top = "".join(f"<th{_class(kind)}>{both(*said)}</th>" for kind, said in zip(kinds, header, strict=True))
    over = ""
    if parts:
        beside = "".join(f'<th class="gb-part" colspan="{span}">{both(zh, en)}</th>' for zh, en, span in parts)
        over = f"<tr>{''.join('<th class=gb-name></th>' for _ in range(names))}{beside}</tr>"
    body = "".join(
        f"<tr>{''.join(f'<td{_class(kind)}>{_cell(cell)}</td>' for kind, cell in zip(kinds, line, strict=True))}</tr>" for line in lines
    )
    kind = "gb-table gb-sum" if is_summed else "gb-table"
    # The keyboard can scroll it too.
    st.html(
        f'<div class="gb-scroll" tabindex="0"><table class="{kind}"><thead>{over}<tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(cell)
    above, beneath = cell
    return f"{_text(above)} <small>{_text(beneath)}</small>" if beneath else _text(above)


def _text(text: str) -> str:
    return escape(_TOGETHER.sub("\u00a0", text))

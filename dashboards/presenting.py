"""The frame that pages share: head, foot, cards and the ways a value is written. Nothing here reads data or computes a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards.reading import latest_snapshot
from glassbook.settings import load_settings
from glassbook.snapshots import Snapshot
from reports.cells import grouped
from reports.engine.regime import load_regime
from reports.page import wan
from reports.standing import Remark, of_filing, of_snapshot
from reports.units import unit_zh

_CSS = """<style>
.block-container, .stMainBlockContainer { max-width: 1180px; padding-top: 4.6rem; }
.stMainBlockContainer [data-testid=stLayoutWrapper] > .stVerticalBlock[class*=st-key-gb] { background: #fff; }
.gb-head { margin-bottom: .6rem; } .gb-head h1 { font-size: 2rem; padding: 0; margin: 0; }
.gb-en { color: #56616c; font-size: .8em; font-weight: 400; }
.gb-cards { display: grid; grid-template-columns: repeat(var(--across), 1fr); gap: 14px; margin: .4rem 0 1rem; }
.gb-card { background: #fff; border: 1px solid #d9dee3; border-top: 3px solid #1d5b8f; border-radius: 10px; padding: 14px 18px; }
.gb-card b { display: block; font-size: 1.55rem; line-height: 1.3; font-variant-numeric: tabular-nums; margin-top: 6px; }
.gb-card small { color: #56616c; } .gb-card .gb-unit { font-size: .85rem; font-weight: 400; color: #56616c; }
.gb-scroll { overflow-x: auto; background: #fff; border: 1px solid #d9dee3; border-radius: 10px; padding: 4px 16px; margin-bottom: 1rem; }
.gb-table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .92rem; }
.gb-table th, .gb-table td { padding: 7px 8px; border: 0; border-bottom: 1px solid #e3e7eb; text-align: right; white-space: nowrap; }
.gb-table th:first-child, .gb-table td:first-child { text-align: left; white-space: normal; }
.gb-table thead .gb-en { display: block; }
.gb-table thead th { color: #56616c; font-weight: 600; } .gb-table td small { color: #56616c; }
.gb-foot { color: #56616c; font-size: .82rem; border-top: 1px solid #d9dee3; margin-top: 1.5rem;
  padding-top: .8rem; overflow-wrap: anywhere; }
@media (max-width: 860px) { .gb-cards { grid-template-columns: 1fr 1fr; } }
</style>"""


def both(zh: str, en: str) -> str:
    """Chinese first, English beside it, as HTML."""
    return f'{escape(zh)} <span class="gb-en" lang="en">{escape(en)}</span>'


def head(zh: str, en: str) -> Snapshot | None:
    """The head of a page; returns the snapshot to read, or says what to do and returns None when there is none."""
    snapshot = latest_snapshot()
    st.html(f'{_CSS}<div class="gb-head"><h1>{both(zh, en)}</h1></div>')
    if snapshot is None:
        st.info(
            "尚无已发布的快照。请先运行 `glassbook demo`，或依次运行 `glassbook ingest` 与 `glassbook build`，再刷新本页。\n\n"
            "No snapshot was published yet. Run `glassbook demo`, or `glassbook ingest` and `glassbook build`, then reload this page.",
            icon=":material/hourglass_empty:",
        )
    else:
        _warn(of_snapshot(load_settings(), snapshot))
    return snapshot


def filing_state(regime_name: str, day: date) -> None:
    """Says so where the regime's filing of the period of `day` is a draft."""
    _warn(of_filing(load_settings(), load_regime(regime_name), day))


def _warn(remarks: Iterable[Remark]) -> None:
    for remark in remarks:
        st.warning(f"{remark.zh}\n\n{remark.en[:1].upper()}{remark.en[1:]}.", icon=":material/info:")


def section(zh: str, en: str) -> None:
    """A heading within a page."""
    st.html(f'<h3 style="margin:0;padding:.4rem 0 0;font-size:1.2rem">{both(zh, en)}</h3>')


def foot(snapshot: Snapshot, seal: str | None = None) -> None:
    """Which snapshot the page was read from, known when, and under which seal."""
    zone = ZoneInfo(snapshot.manifest["timezone"])
    parts = [
        f"快照 snapshot <code>{escape(snapshot.snapshot_id)}</code>",
        f"数据截至 as of {snapshot.as_of or '—'}",
        f"已知至 known at {snapshot.known_at.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})",
    ]
    if seal:
        parts.append(f"数据封印 seal (SHA-256) <code>{escape(seal)}</code>")
    st.html(f'<div class="gb-foot">{"<br>".join(parts)}</div>')


def shown(value: Decimal | None, unit: str, decimals: int) -> str:
    """A value as pages write it: CNY in 万元, the rest with its own decimals, a dash for none."""
    return wan(value) if unit == "CNY" else grouped(value, decimals)


def unit_shown(unit: str) -> str:
    """The unit beside it."""
    return "万元" if unit == "CNY" else unit_zh(unit)


def signed(value: Decimal | None, unit: str, decimals: int) -> str:
    """A change with its sign; a change of a per cent value is in percentage points."""
    text = shown(value, unit, decimals)
    plus = "+" if value is not None and value > 0 else ""
    return plus + text + ("" if value is None else " 个百分点" if unit == "%" else "")


def cards(entries: Iterable[tuple[str, str, str, str, str]]) -> None:
    """Cards of (Chinese name, English name, value, unit, line below)."""
    parts = [
        f'<div class="gb-card">{both(zh, en)}<b>{escape(value)} '
        f'<span class="gb-unit">{escape(unit)}</span></b><small>{escape(below)}</small></div>'
        for zh, en, value, unit, below in entries
    ]
    across = 5 if len(parts) == 5 else 3
    st.html(f'<div class="gb-cards" style="--across:{across}">{"".join(parts)}</div>')


def table(header: Sequence[tuple[str, str]], lines: Iterable[Sequence[str]]) -> None:
    """A table of texts, each escaped; the first column names the line."""
    top = "".join(f"<th>{both(zh, en)}</th>" for zh, en in header)
    cell: Callable[[str], str] = lambda text: f"<td>{escape(text)}</td>"  # noqa: E731
    lines = list(lines)
    if not lines:
        st.caption("无 none")
        return
    body = "".join(f"<tr>{''.join(map(cell, line))}</tr>" for line in lines)
    st.html(f'<div class="gb-scroll"><table class="gb-table"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>')

"""The frame that pages share: head, foot, cards and the ways a value is written. Nothing here reads data or computes a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards.components.reading import latest_snapshot
from dashboards.components.tables import CSS, both
from dashboards.components.wording import is_money
from glassbook.settings import load_settings
from glassbook.snapshots import Snapshot
from reports.filing.declare.regime import load_regime
from reports.present.cells import grouped
from reports.present.units import wan
from reports.standing import Remark, of_filing, of_snapshot

_CSS = f"""<style>
.block-container, .stMainBlockContainer {{ max-width: 1240px; padding-top: 4.6rem; }}
.stMainBlockContainer [data-testid=stLayoutWrapper] > .stVerticalBlock[class*=st-key-gb] {{ background: #fff; }}
.gb-head {{ margin-bottom: .6rem; }} .gb-head h1 {{ font-size: 2rem; padding: 0; margin: 0; }}
.gb-en {{ color: #56616c; font-size: .8em; font-weight: 400; }}
.gb-section {{ margin: 0; padding: .4rem 0 0; font-size: 1.2rem; }} .gb-part-of {{ margin: 0; padding: 0; font-size: 1rem; }}
.gb-cards {{ display: grid; grid-template-columns: repeat(var(--across), minmax(0, 1fr)); gap: 14px; margin: .4rem 0 1rem; }}
.gb-card {{ background: #fff; border: 1px solid #d9dee3; border-top: 3px solid #1d5b8f; border-radius: 10px; padding: 14px 18px;
  display: flex; flex-direction: column; line-height: 1.4; }}
.gb-card b {{ margin-top: auto; padding-top: 6px; }}
.gb-card b {{ font-size: 1.55rem; line-height: 1.3; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }}
.gb-card small {{ color: #56616c; }} .gb-card small span {{ display: inline-block; margin-right: .3em; }}
.gb-foot {{ color: #56616c; font-size: .82rem; border-top: 1px solid #d9dee3; margin-top: 1.5rem;
  padding-top: .8rem; overflow-wrap: anywhere; }}
@media (max-width: 860px) {{
  .gb-cards {{ grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; }} .gb-card {{ padding: 10px 12px; }}
  .gb-card b {{ font-size: 1.3rem; }} .gb-card:last-child:nth-child(odd) {{ grid-column: span 2; }}
}}
{CSS}</style>"""


# Why a figure has no value, with the codes of the marts.
_NOTES = {"not supplied": "未提供 not supplied", "group too small": "人数过少 too few"}


def head(zh: str, en: str) -> Snapshot | None:
    """The head of a page; returns the snapshot to read. Without one the page says what to do, and the result is None."""
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
    st.html(f'<h3 class="gb-section">{both(zh, en)}</h3>')


def part(zh: str, en: str) -> None:
    """A heading within a section."""
    st.html(f'<h4 class="gb-part-of">{both(zh, en)}</h4>')


def foot(snapshot: Snapshot, seal: str | None = None) -> None:
    """Which snapshot the page shows, its `known_at`, and its seal."""
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
    """A value as pages show it: money in tens of thousands, other units with their own decimals, a dash for no value."""
    return _unsigned_zero(wan(value)) if is_money(unit) else number(value, decimals)


def noted(value: Decimal | None, unit: str, decimals: int, note: str | None) -> str:
    """A value as pages show it, or why there is none."""
    return shown(value, unit, decimals) if value is not None or note is None else _NOTES.get(note, note)


def signed(value: Decimal | None, unit: str, decimals: int) -> str:
    """A change with plus or minus, without where it rounds to 0; a change of a per cent value is in percentage points."""
    text = shown(value, unit, decimals)
    return f"+{text}" if value is not None and value > 0 and any(sign in "123456789" for sign in text) else text


def number(value: Decimal | int | None, decimals: int = 0) -> str:
    """A number for people: thousands separated, a dash for no value, no minus where it rounds to 0."""
    return _unsigned_zero(grouped(None if value is None else Decimal(value), decimals))


def _unsigned_zero(text: str) -> str:
    return text if any(sign in "123456789" for sign in text) else text.removeprefix("-")


def cards(entries: Iterable[tuple[str, str, str, Sequence[str]]]) -> None:
    """Cards of (Chinese name, English name, value, text below it); names include the unit."""
    parts = [
        f'<div class="gb-card"><span>{both(zh, en)}</span><b>{escape(value)}</b>'
        f"<small>{' '.join(f'<span>{escape(piece)}</span>' for piece in below if piece)}</small></div>"
        for zh, en, value, below in entries
    ]
    across = len(parts) if len(parts) in (4, 5) else 3
    st.html(f'<div class="gb-cards" style="--across:{across}">{"".join(parts)}</div>')

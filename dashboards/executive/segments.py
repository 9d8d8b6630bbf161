"""经营 in one part of its page: figures by segment, and which segments cause a change since the month before.

Belongs here: what is shown, and the names of segments. Does not: any calculation; each block is one query of one relation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import streamlit as st

from dashboards.components.presenting import noted, section, shown, signed
from dashboards.components.reading import rows
from dashboards.components.segment_names import names_of
from dashboards.components.tables import table
from dashboards.components.wording import Words, segment, segment_kind
from glassbook.catalogue import MONEY
from glassbook.snapshots import Snapshot

KINDS = ("grade", "product", "operating_mode", "security", "repayment_method", "province", "industry", "branch", "institution", "channel")
LOANS = {
    "OP-A01": ("借贷余额", "outstanding"), "OP-B01": ("本月放款", "lent in the month"), "OP-C01": ("逾期金额", "overdue"),
    "OP-H09": ("未来七日应收", "due in 7 days"), "OP-C03": ("金额逾期率", "overdue rate"),
}  # fmt: skip
_OF_LOANS = [("万¤", "¤ 10,000", 4), ("%", "", 1)]
PEOPLE = {
    "OP-G01": ("新", "new"), "OP-G03": ("三十日活跃", "active in 30 days"), "OP-G04": ("回流", "returning"),
    "OP-D04": ("新（首贷）", "new (first loan)"), "OP-G07": ("三十日活跃", "active in 30 days"), "OP-G08": ("回流", "returning"),
    "OP-D05": ("在贷", "who owe"),
}  # fmt: skip
_OF_PEOPLE = [("出借人", "lenders", 3), ("借款人", "borrowers", 4)]
# Figures whose change is explained, with the unit and the decimals of the parts of the change: those of a rate are small.
DRIVEN = {
    "OP-C03": (Words("金额逾期率", "overdue rate by amount"), "%", 3), "OP-A01": (Words("借贷余额", "outstanding principal"), MONEY, 2),
    "OP-C01": (Words("逾期金额", "overdue amount"), MONEY, 2),
}  # fmt: skip
MOST_SEGMENTS = 15
_Columns = Mapping[str, tuple[str, str]]


def segments(snapshot: Snapshot, day: date, before: date) -> None:
    """Loans and people of one kind of segment on a stored day, and what changed since the day a month before."""
    kind = st.selectbox("分组 segment", KINDS, format_func=lambda found: str(segment_kind(found)), width=320, key="gb-kind")
    own = names_of(snapshot, kind)
    section("按分组", "By segment")
    _by_segment(snapshot, day, kind, own, LOANS, _OF_LOANS)
    section("人数", "People by segment")
    _by_segment(snapshot, day, kind, own, PEOPLE, _OF_PEOPLE)
    st.caption(
        "省份、行业、渠道按本人；其余分组中，一人在每个有过该行为的分组各计一次，各分组之和不等于全部。 "
        "Province, industry and channel are people's own; in other segments a person counts once in each in which they did so, "
        "and the segments do not add up to all."
    )
    _drivers(snapshot, day, before, kind, own)


def _by_segment(
    snapshot: Snapshot, day: date, kind: str, own: Mapping[str, Words], columns: _Columns, parts: Sequence[tuple[str, str, int]]
) -> None:
    found = rows(
        snapshot,
        "select segment_id, code, value, unit, decimals, note from rpt_operations_segments "
        "where as_of_on = ? and segment_kind = ? and list_contains(?, code) order by segment_id, code",
        day,
        kind,
        list(columns),
    )
    cells: dict[str, dict[str, str]] = {}
    first = next(iter(columns))
    sizes: dict[str, Decimal] = {}
    for name, code, value, unit, decimals, note in found:
        cells.setdefault(name, {})[code] = noted(value, unit, decimals, note)
        if code == first:
            sizes[name] = value
    largest = sorted(cells, key=lambda name: (-sizes.get(name, Decimal(0)), name))[:MOST_SEGMENTS]
    table(
        [segment_kind(kind), *columns.values()],
        [(segment(kind, name, own), *(cells[name].get(code, "—") for code in columns)) for name in largest],
        parts=parts,
    )
    if (more := len(cells) - len(largest)) > 0:
        st.caption(f"只列最大的 {MOST_SEGMENTS} 组，另有 {more} 组。 The {MOST_SEGMENTS} largest are listed; there are {more} more.")


def _drivers(snapshot: Snapshot, day: date, before: date, kind: str, own: Mapping[str, Words]) -> None:
    section("变动来自何处", "What drives the change")
    code = st.selectbox("指标 figure", list(DRIVEN), format_func=lambda found: str(DRIVEN[found][0]), width=320, key="gb-driven")
    _, unit, decimals = DRIVEN[code]
    found = rows(
        snapshot,
        "select segment_id, from_value, to_value, rate_effect_value, mix_effect_value, effect_value "
        "from rpt_operations_changes_between(cast(? as date), cast(? as date)) where code = ? and segment_kind = ? "
        "order by abs(effect_value) desc, segment_id",
        before,
        day,
        code,
        kind,
    )
    # A figure that is not a rate has only the total effect.
    is_rate = unit == "%"
    effects = [("比率效应", "rate effect"), ("结构效应", "mix effect"), ("变动", "part of the change")]
    table(
        [segment_kind(kind), ("此前", "before"), ("现在", "now"), *(effects if is_rate else effects[2:])],
        [
            (segment(kind, name, own), shown(was, unit, 2), shown(now, unit, 2),
             *(signed(effect, unit, decimals) for effect in (told if is_rate else told[2:])))
            for name, was, now, *told in found[:MOST_SEGMENTS]
        ],
        parts=[("%", "", 2), ("百分点", "percentage points", 3)] if is_rate else [("万¤", "¤ 10,000", 3)],
        empty=("没有变动。", "Nothing changed."),
    )  # fmt: skip
    st.caption(f"{before:%Y-%m-%d} 至 {day:%Y-%m-%d}。 From {before:%Y-%m-%d} to {day:%Y-%m-%d}.")

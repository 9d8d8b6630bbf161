"""The part of the executives' page on how the business stands: figures by segment, what drives a change, cash due, margin, stress, plan.

Belongs here: what is shown, and where. Does not: any calculation; each block is one query of one relation.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import streamlit as st

from dashboards.presenting import section, shown, signed, table, unit_shown
from dashboards.reading import Rows, rows
from glassbook.snapshots import Snapshot
from reports.cells import grouped

SECTIONS = {"F": ("业务", "Business"), "G": ("人群", "People"), "H": ("资金", "Money"), "I": ("毛利与压力", "Margin and stress")}
KINDS = {
    "grade": "风险等级 grade",
    "product": "产品 product",
    "operating_mode": "业务模式 operating mode",
    "security": "担保方式 security",
    "repayment_method": "还款方式 repayment method",
    "province": "省份 province",
    "industry": "行业 industry",
    "branch": "网点 branch",
    "institution": "合作机构 institution",
    "channel": "渠道 channel",
}
DRIVEN = {"OP-C03": "金额逾期率 overdue rate by amount", "OP-A01": "借贷余额 outstanding principal", "OP-C01": "逾期金额 overdue amount"}
AHEAD = (7, 30, 90)
MOST_SEGMENTS = 15
LOANS_BY_SEGMENT = {
    "OP-A01": ("借贷余额（万元）", "outstanding"),
    "OP-B01": ("本月放款（万元）", "lent in the month"),
    "OP-C01": ("逾期金额（万元）", "overdue"),
    "OP-C03": ("金额逾期率（%）", "overdue rate"),
    "OP-H09": ("未来七日应收（万元）", "due in 7 days"),
}
PEOPLE_BY_SEGMENT = {
    "OP-G01": ("新出借人", "new lenders"),
    "OP-G03": ("三十日活跃出借人", "lenders active in 30 days"),
    "OP-G04": ("回流出借人", "returning lenders"),
    "OP-D04": ("新借款人", "new borrowers (first loan)"),
    "OP-G07": ("三十日活跃借款人", "borrowers active in 30 days"),
    "OP-G08": ("回流借款人", "returning borrowers"),
    "OP-D05": ("在贷借款人", "borrowers who owe"),
}


def show_business(snapshot: Snapshot, day: date, before: date) -> None:
    """All blocks, of a stored day and the day a month before."""
    _figures(snapshot, day)
    _by_segment(snapshot, day)
    _drivers(snapshot, day, before)
    _cash(snapshot, day)
    _plan(snapshot, day)


def _figures(snapshot: Snapshot, day: date) -> None:
    found = rows(
        snapshot,
        "internal",
        "select metric.section, figure.code, metric.name_zh, metric.name_en, figure.value, figure.unit, figure.decimals, figure.note "
        "from rpt_operations_segments as figure "
        "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = figure.code "
        "where figure.as_of_on = ? and figure.segment_kind = 'total' order by metric.ordinal",
        day,
    )
    for letter, (zh, en) in SECTIONS.items():
        section(zh, en)
        table(
            [("指标", "figure"), ("数值", "value"), ("单位", "unit"), ("编号", "code")],
            [(f"{r[2]} {r[3]}", _value(r[4], r[5], r[6], r[7]), unit_shown(r[5]), r[1]) for r in found if r[0] == letter],
        )


def _by_segment(snapshot: Snapshot, day: date) -> None:
    section("按分组", "By segment")
    kind = st.selectbox("分组 segment", list(KINDS), format_func=KINDS.__getitem__, width=260, key="gb-kind")
    _table_by_segment(snapshot, day, kind, LOANS_BY_SEGMENT)
    st.caption(
        "人数：省份、行业、渠道按本人；其余分组中，一人在每个有过该行为的分组各计一次，各分组之和不等于全部。 "
        "People: province, industry and channel are their own; in other segments a person counts once in each in which they did so, "
        "and the segments do not add up to all."
    )
    _table_by_segment(snapshot, day, kind, PEOPLE_BY_SEGMENT)


def _table_by_segment(snapshot: Snapshot, day: date, kind: str, columns: dict[str, tuple[str, str]]) -> None:
    found = rows(
        snapshot,
        "internal",
        "select segment_id, code, value, unit, decimals, note from rpt_operations_segments "
        "where as_of_on = ? and segment_kind = ? and list_contains(?, code) order by segment_id, code",
        day,
        kind,
        list(columns),
    )
    cells: dict[str, dict[str, str]] = {}
    first = next(iter(columns))
    amounts: dict[str, Decimal] = {}
    for segment, code, value, unit, decimals, note in found:
        cells.setdefault(segment, {})[code] = _value(value, unit, decimals, note)
        if code == first:
            amounts[segment] = value
    largest = sorted(cells, key=lambda name: (-amounts.get(name, Decimal(0)), name))[:MOST_SEGMENTS]
    table([("分组", "segment"), *columns.values()], [(name, *(cells[name].get(code, "—") for code in columns)) for name in largest])


def _drivers(snapshot: Snapshot, day: date, before: date) -> None:
    section(f"变动来自何处（{before:%Y-%m-%d} 起）", f"What drives the change since {before:%Y-%m-%d}")
    code = st.selectbox("指标 figure", list(DRIVEN), format_func=DRIVEN.__getitem__, width=320, key="gb-driven")
    found = rows(
        snapshot,
        "internal",
        "select segment_kind, segment_id, from_value, to_value, rate_effect_value, mix_effect_value, effect_value "
        "from rpt_operations_changes_between(cast(? as date), cast(? as date)) where code = ? "
        "order by segment_kind, abs(effect_value) desc, segment_id",
        before,
        day,
        code,
    )
    kind = st.session_state.get("gb-kind", next(iter(KINDS)))
    unit, decimals = ("%", 4) if code == "OP-C03" else ("CNY", 2)
    table(
        [
            ("分组", "segment"),
            ("此前", "before"),
            ("现在", "now"),
            ("比率效应", "rate effect (OP-I08)"),
            ("结构效应", "mix effect (OP-I09)"),
            ("合计", "part of the change (OP-I10)"),
        ],
        [
            (r[1], shown(r[2], unit, 2), shown(r[3], unit, 2), *(signed(r[n], unit, decimals) for n in (4, 5, 6)))
            for r in found
            if r[0] == kind
        ][:MOST_SEGMENTS],
    )


def _cash(snapshot: Snapshot, day: date) -> None:
    section("应收现金", "Cash due")
    found = rows(
        snapshot,
        "internal",
        "select ahead_days, due_to_date_amount, likely_to_date_amount, low_to_date_amount, high_to_date_amount "
        "from rpt_operations_cash_as_of(cast(? as date)) order by ahead_days",
        day,
    )
    table(
        [
            ("截至", "by the end of day"),
            ("应收（万元）", "due (OP-I06)"),
            ("预计到账（万元）", "likely to come (OP-I07)"),
            ("区间下端（万元）", "low, 10th percentile"),
            ("区间上端（万元）", "high, 90th percentile"),
        ],
        [(f"{r[0]} 日 days", *(shown(amount, "CNY", 2) for amount in r[1:])) for r in found if r[0] in AHEAD],
    )


def _plan(snapshot: Snapshot, day: date) -> None:
    section("计划与实际", "Plan against actual")
    found: Rows = rows(
        snapshot,
        "internal",
        "select plan.code, metric.name_zh, metric.name_en, plan.segment_kind, plan.segment_id, plan.target_value, plan.actual_value, "
        "plan.difference_value, plan.attained_share, plan.unit, plan.decimals from rpt_operations_plan as plan "
        "inner join ctl_metrics as metric on metric.metric_set = 'operations' and metric.code = plan.code "
        "where plan.month_on = date_trunc('month', cast(? as date)) order by metric.ordinal, plan.segment_kind, plan.segment_id",
        day,
    )
    if not found:
        st.caption("未提供计划（OP-I11、OP-I12） no plan is supplied (OP-I11, OP-I12)")
        return
    table(
        [
            ("指标", "figure"),
            ("分组", "segment"),
            ("计划", "target (OP-I11)"),
            ("实际", "actual"),
            ("差异", "difference (OP-I12)"),
            ("完成", "attained"),
        ],
        [
            (
                f"{r[1]} {r[2]}",
                "全部 all" if r[3] == "total" else f"{KINDS.get(r[3], r[3])}: {r[4]}",
                *(shown(value, r[9], r[10]) for value in r[5:7]),
                signed(r[7], r[9], r[10]),
                "—" if r[8] is None else f"{grouped(r[8] * 100, 1)} %",
            )
            for r in found
        ],
    )


def _value(value: Decimal | None, unit: str, decimals: int, note: str | None) -> str:
    words = {"not supplied": "未提供 not supplied", "group too small": "人数过少 too few"}
    return shown(value, unit, decimals) if value is not None or note is None else words.get(note, note)

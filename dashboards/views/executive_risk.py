"""The part of 经营 that tells of risk: vintages, roll rates, losses, calibration, concentration, collection, guarantors.

Called at the end of the page; each figure is a row of a mart. Belongs here: which rows are shown, and in which words. Does not: any figure.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import streamlit as st

from dashboards.presenting import cards, section, table
from dashboards.reading import Rows, rows
from glassbook.snapshots import Snapshot
from reports.cells import grouped
from reports.page import wan

BUCKETS = {
    "current": ("未逾期", "current"), "days_1_30": ("1–30 天", "1–30"), "days_31_60": ("31–60 天", "31–60"),
    "days_61_90": ("61–90 天", "61–90"), "days_91_180": ("91–180 天", "91–180"), "over_180": ("180 天以上", "over 180"),
    "lost": ("已核销", "written off"), "repaid": ("已还清", "repaid"), "realised": ("已实现", "realised"), "all": ("合计", "all"),
}  # fmt: skip
MEASURES = {
    "largest_borrower_share": ("最大一户", "largest borrower", "%"),
    "top_ten_borrowers_share": ("最大十户", "ten largest", "%"),
    "borrower_hhi": ("借款人赫芬达尔指数", "HHI of borrowers", ""),
    "lender_gini": ("出借人基尼系数", "Gini of lenders", ""),
}
SEGMENTS = {"total": ("全部", "all"), "grade": ("等级", "grade"), "assessment": ("评估", "assessed")}
ACTIONS = {"sms": "短信", "phone": "电话", "letter": "信函", "visit": "上门", "agency": "委外", "legal": "诉讼", "all": "合计"}


def show_risk(snapshot: Snapshot, day: date) -> None:
    """Every section, as of `day`."""
    lacking = {
        code
        for (code,) in rows(
            snapshot,
            "internal",
            "select distinct need.code from ctl_metric_needs as need "
            "inner join ctl_supplied as supply on supply.supply_name = need.supply_name and not supply.is_supplied",
        )
    }
    _vintages(snapshot, day)
    _rolls(snapshot, day)
    _losses(snapshot, day)
    _calibration(snapshot, is_supplied="OP-E08" not in lacking)
    _concentration(snapshot, day)
    _collection(snapshot, day, is_supplied="OP-E12" not in lacking)
    _guarantors(snapshot, day, is_supplied="OP-E13" not in lacking)
    st.caption("借款或人数少于下限的组不显示比率。 Groups of loans or people below the minimum show no rate.")
    with st.expander("风险指标定义 definitions of risk"):
        words = rows(
            snapshot,
            "internal",
            "select metric.code, metric.name_zh, metric.name_en, words.definition_zh, words.definition_en "
            "from ctl_metrics as metric inner join rpt_operations_words_as_of(cast(? as date)) as words on words.code = metric.code "
            "where metric.metric_set = 'operations' and metric.section = 'E' order by metric.ordinal",
            day,
        )
        for code, zh, en, definition_zh, definition_en in words:
            st.markdown(f"**{code} {zh}** {en}  \n{definition_zh}。{definition_en}.")


def _vintages(snapshot: Snapshot, day: date) -> None:
    section("放款月份质量（金额占比 %）", "Vintages, % of the amount lent")
    lines = rows(
        snapshot,
        "internal",
        "select disbursed_month_on, max(loans_count), max(amount), max(over_30_share) filter (book_months = 3), "
        "max(over_30_share) filter (book_months = 6), max(over_90_share) filter (book_months = 6), "
        "max(over_90_share) filter (book_months = 12), max(realised_loss_share) filter (book_months = 12), "
        "arg_max(first_payment_default_share, book_months) from fct_vintages "
        "where credit_grade = 'all' and channel = 'all' and month_end_on <= ? group by disbursed_month_on order by 1 desc limit 18",
        day,
    )
    table(
        [("放款月", "month"), ("笔数", "loans"), ("金额（万元）", "CNY 10,000"), ("30+ 第3月", "30+ at 3"), ("30+ 第6月", "30+ at 6"),
         ("90+ 第6月", "90+ at 6"), ("90+ 第12月", "90+ at 12"), ("损失 第12月", "loss at 12"), ("首期违约", "first payment")],
        [(f"{month:%Y-%m}", str(count), wan(amount), *map(_percent, shares)) for month, count, amount, *shares in lines],
    )  # fmt: skip


def _rolls(snapshot: Snapshot, day: date) -> None:
    section("迁徙率（上月末 → 本月末，%）", "Roll rates between the last two month ends, %")
    last = "select max(month_end_on) from fct_roll_rates where to_bucket_code <> 'all' and last_day(month_end_on + 1) <= ?"
    found: Rows = rows(
        snapshot,
        "internal",
        "select from_bucket_code, to_bucket_code, roll_share, bucket_loans_count, bucket_outstanding_amount from fct_roll_rates "
        f"where view_kind = 'borrower' and credit_grade = 'all' and month_end_on = ({last})",
        day,
    )
    shares = {(start, end): share for start, end, share, _, _ in found}
    wholes = {start: (count, amount) for start, end, _, count, amount in found if end == "all"}
    ends = [name for name in BUCKETS if name not in ("realised", "all")]
    table(
        [("区间", "bucket"), ("笔数", "loans"), ("余额（万元）", "CNY 10,000"), *(BUCKETS[name] for name in ends)],
        [
            (" ".join(BUCKETS[start]), str(wholes[start][0]), wan(wholes[start][1]), *(_percent(shares.get((start, end))) for end in ends))
            for start in BUCKETS
            if start in wholes
        ],
    )


def _losses(snapshot: Snapshot, day: date) -> None:
    section("已实现与预期损失", "Realised and expected loss")
    lines = rows(
        snapshot,
        "internal",
        "select bucket_code, outstanding_amount, loss_rate, expected_loss_amount from fct_expected_losses "
        "where credit_grade = 'all' and month_end_on = (select max(month_end_on) from fct_expected_losses where month_end_on <= ?)",
        day,
    )
    table(
        [
            ("区间", "bucket"),
            ("余额（万元）", "CNY 10,000"),
            ("成为损失的概率 %", "probability of loss"),
            ("预期损失（万元）", "expected loss"),
        ],
        [
            (" ".join(BUCKETS[name]), wan(amount), _percent(rate), wan(loss))
            for name, amount, rate, loss in sorted(lines, key=lambda line: list(BUCKETS).index(line[0]))
        ],
    )


def _calibration(snapshot: Snapshot, *, is_supplied: bool) -> None:
    section("违约：评估与实际", "Defaults: foretold and actual")
    if not is_supplied:
        return _not_supplied()
    lines = rows(
        snapshot,
        "internal",
        "select segment_kind, segment_id, loans_count, default_count, expected_default_share, default_share, least_default_share, "
        "most_default_share from fct_default_calibrations order by segment_kind <> 'total', segment_kind desc, segment_id",
    )
    table(
        [("分组", "group"), ("笔数", "loans"), ("违约", "defaults"), ("预期 %", "expected"), ("实际 %", "actual"),
         ("下限 %", "least"), ("上限 %", "most")],
        [
            (f"{' '.join(SEGMENTS[kind])} {name if kind != 'total' else ''}".strip(), str(count), str(defaults), *map(_percent, shares))
            for kind, name, count, defaults, *shares in lines
        ],
    )  # fmt: skip


def _concentration(snapshot: Snapshot, day: date) -> None:
    section("集中度", "Concentration")
    lines = rows(snapshot, "internal", "select measure_code, value, people_count from fct_concentration_as_of(cast(? as date))", day)
    found = {code: (value, people) for code, value, people in lines}
    entries = []
    for code, (zh, en, unit) in MEASURES.items():
        value, people = found.get(code, (None, 0))
        entries.append((zh, en, _percent(value) if unit else grouped(value, 2), unit, f"{people} 人 people"))
    cards(entries)


def _collection(snapshot: Snapshot, day: date, *, is_supplied: bool) -> None:
    section("催收（当月）", "Collection in the month")
    if not is_supplied:
        return _not_supplied()
    lines = rows(
        snapshot,
        "internal",
        "select action_kind, actions_count, followed_count, recovered_amount, promises_count, promises_kept_count, promises_kept_share "
        "from fct_collections where month_on = date_trunc('month', cast(? as date)) order by action_kind = 'all', action_kind",
        day,
    )
    table(
        [("措施", "step"), ("次数", "steps"), ("其后付款", "followed"), ("收回（万元）", "CNY 10,000"),
         ("承诺", "promises"), ("兑现", "kept"), ("兑现 %", "kept, %")],
        [
            (f"{ACTIONS.get(kind, '')} {kind}".strip(), str(count), str(followed), wan(amount), str(promises), str(kept), _percent(share))
            for kind, count, followed, amount, promises, kept, share in lines
        ],
    )  # fmt: skip


def _guarantors(snapshot: Snapshot, day: date, *, is_supplied: bool) -> None:
    section("担保与保险机构", "Institutions that guarantee or insure")
    if not is_supplied:
        return _not_supplied()
    lines = rows(
        snapshot,
        "internal",
        "select name, outstanding_amount, guarantee_limit, limit_use_share, over_90_loans_count, overdue_amount, oldest_past_due_days, "
        "compensated_amount, recovered_amount, median_compensation_days, ninetieth_compensation_days "
        "from fct_guarantors_as_of(cast(? as date)) order by median_compensation_days desc nulls last, institution_id",
        day,
    )
    table(
        [("机构", "institution"), ("担保余额（万元）", "exposure"), ("额度（万元）", "limit"), ("使用 %", "use"),
         ("借款人 90+ 笔数", "borrowers 90+"), ("待代偿（万元）", "lenders wait for"), ("最长天数", "longest, days"),
         ("已代偿（万元）", "compensated"), ("已追偿（万元）", "recovered"),
         ("代偿用时中位数", "median days"), ("第九十百分位", "90th percentile")],
        [
            (name, wan(exposure), wan(limit), _percent(use), str(late), wan(overdue), str(oldest), wan(paid), wan(back), *map(_days, waits))
            for name, exposure, limit, use, late, overdue, oldest, paid, back, *waits in lines
        ],
    )  # fmt: skip


def _not_supplied() -> None:
    st.caption("未提供 not supplied")


def _percent(share: Decimal | None) -> str:
    return grouped(None if share is None else 100 * share, 2)


def _days(value: int | None) -> str:
    return "—" if value is None else str(value)

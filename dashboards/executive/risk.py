"""经营 in one part of its page, risk: vintages, roll rates, losses, calibration, concentration, collection, guarantors.

Each figure is a row of a mart. Belongs here: which rows are shown, and with which texts. Does not: any figure.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import streamlit as st

from dashboards.components.presenting import cards, number, section, shown
from dashboards.components.reading import Rows, rows
from dashboards.components.supply import lacking, say_not_supplied
from dashboards.components.tables import table
from dashboards.components.wording import ACTIONS, BUCKETS, Words, segment_kind, worded
from glassbook.catalogue import MONEY
from glassbook.snapshots import Snapshot

# Concentration: the name of a measure, its decimals, and who is counted. Shares are shown in per cent.
MEASURES = {
    "largest_borrower_share": ("最大一户借款人（占余额 %）", "largest borrower, % of outstanding", 2, "名借款人 borrowers"),
    "top_ten_borrowers_share": ("最大十户借款人（占余额 %）", "ten largest borrowers, % of outstanding", 2, "名借款人 borrowers"),
    "borrower_hhi": ("借款人赫芬达尔指数（0–10,000）", "HHI of borrowers", 2, "名借款人 borrowers"),
    "lender_gini": ("出借人基尼系数（0–1）", "Gini of lenders", 3, "名出借人 lenders"),
}


def risk(snapshot: Snapshot, day: date) -> None:
    """Every section, as of `day`."""
    missing = lacking(snapshot)
    st.caption("借款或人数少于下限的组不显示比率（—）。 Groups of loans or people below the minimum show no rate (—).")
    _vintages(snapshot, day)
    _rolls(snapshot, day)
    _losses(snapshot, day)
    _calibration(snapshot, is_supplied="OP-E08" not in missing)
    _concentration(snapshot, day)
    _collection(snapshot, day, is_supplied="OP-E12" not in missing)
    _guarantors(snapshot, day, is_supplied="OP-E13" not in missing)


def _vintages(snapshot: Snapshot, day: date) -> None:
    section("放款月份质量（金额占比 %）", "Vintages, % of the amount lent")
    lines = rows(
        snapshot,
        "select disbursed_month_on, max(loans_count), max(amount), max(over_30_share) filter (book_months = 3), "
        "max(over_30_share) filter (book_months = 6), max(over_90_share) filter (book_months = 6), "
        "max(over_90_share) filter (book_months = 12), max(realised_loss_share) filter (book_months = 12), "
        "arg_max(first_payment_default_share, book_months) from fct_vintages "
        "where credit_grade = 'all' and channel = 'all' and month_end_on <= ? group by disbursed_month_on order by 1 desc limit 18",
        day,
    )
    table(
        [("放款月", "month"), ("笔数", "loans"), ("金额（万¤）", "amount, ¤ 10,000"), ("第 3 月", "month 3"), ("第 6 月", "month 6"),
         ("第 6 月", "month 6"), ("第 12 月", "month 12"), ("第 12 月", "month 12"), ("笔数 %", "% of loans")],
        [(f"{month:%Y-%m}", number(count), shown(amount, MONEY, 2), *map(_percent, shares)) for month, count, amount, *shares in lines],
        parts=[("放款", "lent", 2), ("曾逾期 30 天以上", "ever 30+", 2), ("曾逾期 90 天以上", "ever 90+", 2), ("损失", "loss", 1),
               ("首期违约", "first-payment default", 1)],
        empty=("尚无已满一个月的放款。", "No month of lending is a month old yet."),
    )  # fmt: skip


def _rolls(snapshot: Snapshot, day: date) -> None:
    section("迁徙率（上月末 → 本月末，%）", "Roll rates between the last two month ends, %")
    last = "select max(month_end_on) from fct_roll_rates where to_bucket_code <> 'all' and last_day(month_end_on + 1) <= ?"
    found: Rows = rows(
        snapshot,
        "select from_bucket_code, to_bucket_code, roll_share, bucket_loans_count, bucket_outstanding_amount from fct_roll_rates "
        f"where view_kind = 'borrower' and credit_grade = 'all' and month_end_on = ({last})",
        day,
    )
    shares = {(start, end): share for start, end, share, _, _ in found}
    wholes = {start: (count, amount) for start, end, _, count, amount in found if end == "all"}
    ends = [name for name in BUCKETS if name not in ("realised", "all")]
    table(
        [("逾期", "past due"), ("笔数", "loans"), ("余额（万¤）", "¤ 10,000"), *(BUCKETS[name] for name in ends)],
        [
            (BUCKETS[start], number(wholes[start][0]), shown(wholes[start][1], MONEY, 2),
             *(_percent(shares.get((start, end))) for end in ends))
            for start in BUCKETS
            if start in wholes
        ],
        parts=[("上月末", "at the month end before", 2), ("本月末在何处", "where they are a month later", len(ends))],
        empty=("尚无两个月末可比。", "There are no two month ends to compare yet."),
    )  # fmt: skip


def _losses(snapshot: Snapshot, day: date) -> None:
    section("已实现与预期损失", "Realised and expected loss")
    lines = rows(
        snapshot,
        "select bucket_code, outstanding_amount, loss_rate, expected_loss_amount from fct_expected_losses "
        "where credit_grade = 'all' and month_end_on = (select max(month_end_on) from fct_expected_losses where month_end_on <= ?)",
        day,
    )
    table(
        [("逾期", "past due"), ("余额（万¤）", "outstanding, ¤ 10,000"), ("损失概率 %", "probability of loss, %"),
         ("预期损失（万¤）", "expected loss, ¤ 10,000")],
        [
            (BUCKETS[name], shown(amount, MONEY, 2), _percent(rate), shown(loss, MONEY, 2))
            for name, amount, rate, loss in sorted(lines, key=lambda line: list(BUCKETS).index(line[0]))
        ],
        is_summed=True,
        empty=("尚无已结束的月份。", "No month has ended yet."),
    )  # fmt: skip


def _calibration(snapshot: Snapshot, *, is_supplied: bool) -> None:
    section("违约：评估与实际", "Defaults: foretold and actual")
    if not is_supplied:
        return say_not_supplied()
    lines = rows(
        snapshot,
        "select segment_kind, segment_id, loans_count, default_count, expected_default_share, default_share, least_default_share, "
        "most_default_share from fct_default_calibrations order by segment_kind = 'total', segment_kind desc, segment_id",
    )
    table(
        [("分组", "group"), ("笔数", "loans"), ("违约", "defaults"), ("评估 %", "foretold, %"), ("实际 %", "actual, %"),
         ("下限 %", "low, %"), ("上限 %", "high, %")],
        [
            (_assessed(kind, name), number(count), number(defaults), *map(_percent, shares))
            for kind, name, count, defaults, *shares in lines
        ],
        is_summed=True,
        parts=[("满十二个月的借款", "loans 12 months old", 2), ("违约率", "default rate", 2), ("实际的 95 % 区间", "95 % interval", 2)],
        empty=("尚无满十二个月且经评估的借款。", "No assessed loan is 12 months old yet."),
    )  # fmt: skip


def _assessed(kind: str, name: str) -> Words:
    if kind == "total":
        return Words("全部", "all")
    if kind == "assessment":
        # Written with leading zeros, so that texts sort like numbers.
        share = name.lstrip("0") or name
        return Words(f"评估 {share}", f"assessed at {share}")
    said = segment_kind(kind)
    return Words(f"{said.zh} {name}", f"{said.en} {name}")


def _concentration(snapshot: Snapshot, day: date) -> None:
    section("集中度", "Concentration")
    lines = rows(snapshot, "select measure_code, value, people_count from fct_concentration_as_of(cast(? as date))", day)
    found = {code: (value, people) for code, value, people in lines}
    entries = []
    for code, (zh, en, places, whose) in MEASURES.items():
        value, people = found.get(code, (None, 0))
        text = _percent(value) if code.endswith("_share") else number(value, places)
        entries.append((zh, en, text, [f"{number(people)} {whose}"]))
    cards(entries)


def _collection(snapshot: Snapshot, day: date, *, is_supplied: bool) -> None:
    section("催收（当月）", "Collection in the month")
    if not is_supplied:
        return say_not_supplied()
    lines = rows(
        snapshot,
        "select action_kind, actions_count, followed_count, recovered_amount, promises_count, promises_kept_count, promises_kept_share "
        "from fct_collections where month_on = date_trunc('month', cast(? as date)) order by action_kind = 'all', action_kind",
        day,
    )
    table(
        [("措施", "step"), ("次数", "steps"), ("其后付款", "followed by payment"), ("收回（万¤）", "recovered, ¤ 10,000"),
         ("到期", "due"), ("兑现", "kept"), ("兑现 %", "kept, %")],
        [
            (worded(kind, ACTIONS), number(count), number(followed), shown(amount, MONEY, 2), number(promises), number(kept),
             _percent(share))
            for kind, count, followed, amount, promises, kept, share in lines
        ],
        is_summed=True,
        parts=[("催收", "steps to collect", 3), ("还款承诺", "promises to pay", 3)],
        empty=("当月没有催收。", "Nothing was collected in the month."),
    )  # fmt: skip


def _guarantors(snapshot: Snapshot, day: date, *, is_supplied: bool) -> None:
    section("担保与保险机构", "Institutions that guarantee or insure")
    if not is_supplied:
        return say_not_supplied()
    lines = rows(
        snapshot,
        "select name, outstanding_amount, guarantee_limit, limit_use_share, over_90_loans_count, overdue_amount, oldest_past_due_days, "
        "compensated_amount, recovered_amount, median_compensation_days, ninetieth_compensation_days "
        "from fct_guarantors_as_of(cast(? as date)) order by median_compensation_days desc nulls last, institution_id",
        day,
    )
    table(
        [("机构", "institution"), ("余额（万¤）", "exposure, ¤ 10,000"), ("额度（万¤）", "limit, ¤ 10,000"), ("使用 %", "use, %"),
         ("借款人 90+（笔）", "borrowers 90+, loans"), ("待代偿（万¤）", "lenders wait for, ¤ 10,000"), ("最长（天）", "longest, days"),
         ("已代偿（万¤）", "compensated, ¤ 10,000"), ("已追偿（万¤）", "recovered, ¤ 10,000"),
         ("中位数（天）", "median, days"), ("九十分位（天）", "90th percentile, days")],
        [
            (name, shown(exposure, MONEY, 2), shown(limit, MONEY, 2), _percent(use), number(late), shown(overdue, MONEY, 2),
             number(oldest), shown(paid, MONEY, 2), shown(back, MONEY, 2), *map(number, waits))
            for name, exposure, limit, use, late, overdue, oldest, paid, back, *waits in lines
        ],
        parts=[("担保", "guaranteed", 3), ("逾期", "past due", 3), ("代偿与追偿", "compensation and recovery", 2),
               ("代偿用时", "time to compensate", 2)],
        empty=("没有担保或保险机构。", "No institution guarantees or insures."),
    )  # fmt: skip


def _percent(share: Decimal | None) -> str:
    return number(None if share is None else 100 * share, 2)

"""营销 in two parts of its page: what people cost and are worth after loss, and how cohorts go on. Every figure is a row of a mart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards.presenting import section, table
from dashboards.reading import rows
from glassbook.snapshots import Snapshot
from reports.cells import grouped

WINDOWS = (30, 90, 180, 365)
_COSTS = "registered_share, verified_share, lender_share, borrower_share, cost_amount, cost_by_redemption_amount"
_CAC = ", ".join(
    f"{name}_amount"
    for name in (
        *("cost_per_registered", "cost_per_verified", "cost_per_lender", "cost_per_borrower"),
        *("cost_per_borrower_after_loss", "revenue", "realised_loss", "lenders_loss", "expected_loss"),
    )
)
_RETURNS = "100 * roi_rate, 100 * roi_after_loss_rate, payback_months"
_BOOK = (
    "disbursed_amount, 100 * book_6_over_30_share, 100 * book_6_over_90_share, 100 * book_12_over_30_share, 100 * book_12_over_90_share, "
    "lent_amount, position_amount, withdrawn_amount"
)


def economics(snapshot: Snapshot, month: object, channel: str) -> None:
    """People who registered in a month, by channel or by campaign of one channel: cost, worth and what they did to the loan book."""
    section("获客成本与价值（扣损后）", "Unit economics after credit loss")
    lines = _of_month(snapshot, month, channel, f"{_COSTS}, {_CAC}")
    table(
        [("渠道或活动", "channel or campaign"), ("注册", "registered"), ("实名", "verified"), ("出借人", "lenders"),
         ("借款人", "borrowers"), ("成本（元）", "cost"), ("按兑换", "by redemption"), ("注册成本", "CAC registration"),
         ("实名成本", "CAC verified"), ("出借人成本", "CAC lender"), ("借款人成本", "CAC borrower"), ("扣损后", "after loss"),
         ("收入", "revenue"), ("已实现损失", "realised loss"), ("出借人承担", "borne by lenders"), ("预期损失", "expected loss")],
        [(name, *map(_people, values[:4]), *(grouped(value, 2) for value in values[4:])) for name, *values in lines],
    )  # fmt: skip
    ltv = ", ".join(f"ltv_{days}{kind}_amount" for days in WINDOWS for kind in ("", "_after_loss", "_after_expected_loss"))
    lines = _of_month(snapshot, month, channel, f"{ltv}, {_RETURNS}")
    heads = [
        (f"{days} 日{zh}", f"LTV {days}{en}")
        for days in WINDOWS
        for zh, en in (("", ""), ("扣损", " after loss"), ("扣预期", " after expected"))
    ]
    table(
        [("渠道或活动", "channel or campaign"), *heads, ("回报 %", "ROI"), ("扣损回报 %", "ROI after loss"), ("回收月", "payback")],
        [(name, *(grouped(value, 2) for value in values[:-1]), "—" if values[-1] is None else str(values[-1])) for name, *values in lines],
    )
    lines = _of_month(snapshot, month, channel, _BOOK)
    table(
        [("渠道或活动", "channel or campaign"), ("放款", "disbursed"), ("6 月 30+ %", "30+ at 6"), ("6 月 90+ %", "90+ at 6"),
         ("12 月 30+ %", "30+ at 12"), ("12 月 90+ %", "90+ at 12"), ("出借", "lent"), ("留存本金", "retained"), ("提现", "withdrawn")],
        [(name, *(grouped(value, 2) for value in values)) for name, *values in lines],
    )  # fmt: skip


def _of_month(snapshot: Snapshot, month: object, channel: str, columns: str) -> list[tuple[Any, ...]]:
    """A month's channels with these columns, or the campaigns of one channel; the whole last."""
    part = "channel" if channel == "all" else "campaign_code"
    where = "campaign_code = 'all'" if channel == "all" else "channel = ?"
    return rows(
        snapshot, "internal",
        f"select {part}, {columns} from rpt_marketing_economics where month_on = ? and {where} "
        f"order by {part} = 'all', registered_share desc, {part}", month, *([] if channel == "all" else [channel]),
    )  # fmt: skip


def cohorts(snapshot: Snapshot) -> None:
    """Lenders and borrowers of a month, month by month since."""
    found = [
        month
        for (month,) in rows(
            snapshot, "internal",
            "select cohort_month_on from fct_lender_cohorts union select cohort_month_on from fct_borrower_cohorts order by 1",
        )
    ]  # fmt: skip
    if not found:
        return
    section("出借人与借款人分月跟踪", "Cohorts of lenders and borrowers")
    month = st.selectbox("首投或首贷月份 month of the first", found, format_func=lambda first: f"{first:%Y-%m}")
    lines = rows(
        snapshot, "internal",
        "select since_months, lenders_count, 100 * active_share, 100 * retained_share, position_amount, put_in_amount, received_amount, "
        "100 * reinvested_rate, withdrawn_amount from fct_lender_cohorts where cohort_month_on = ? order by since_months", month,
    )  # fmt: skip
    table(
        [("第几月", "months since"), ("出借人", "lenders"), ("活跃 %", "active"), ("留存 %", "retained"), ("持有本金", "principal held"),
         ("投入", "put in"), ("收回", "received back"), ("复投 %", "reinvested"), ("提现", "withdrawn")],
        [(str(since), f"{people:,}", *(grouped(value, 2) for value in values)) for since, people, *values in lines],
    )  # fmt: skip
    lines = rows(
        snapshot, "internal",
        "select since_months, borrowers_count, 100 * second_loan_people_share, 100 * over_30_people_share, 100 * over_90_people_share, "
        "disbursed_amount, 100 * over_30_share, 100 * over_90_share from fct_borrower_cohorts where cohort_month_on = ? "
        "order by since_months", month,
    )  # fmt: skip
    table(
        [("第几月", "months since"), ("借款人", "borrowers"), ("复借 %", "second loan"), ("30+ 人数 %", "30+ of people"),
         ("90+ 人数 %", "90+ of people"), ("放款", "disbursed"), ("30+ 金额 %", "30+ of amount"), ("90+ 金额 %", "90+ of amount")],
        [(str(since), f"{people:,}", *(grouped(value, 2) for value in values)) for since, people, *values in lines],
    )  # fmt: skip


def _people(share: int) -> str:
    """A sum of shares in units of 10^-24, as people."""
    people = Decimal(share).scaleb(-24)
    return grouped(people, 0 if people == people.to_integral_value() else 2)

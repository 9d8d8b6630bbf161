"""营销 in two parts of its page: what people cost and are worth after loss, and how cohorts develop. Every figure is a row of a mart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboards.components.presenting import number, part, section
from dashboards.components.reading import rows
from dashboards.components.supply import lacking
from dashboards.components.tables import Cell, table
from dashboards.components.wording import CAMPAIGNS, CHANNELS, worded
from glassbook.snapshots import Snapshot

WINDOWS = (30, 90, 180, 365)
# Column, and its heading.
_COSTS = {
    "registered_share": ("注册", "registered"), "verified_share": ("实名", "verified"), "lender_share": ("出借人", "lenders"),
    "borrower_share": ("借款人", "borrowers"), "cost_amount": ("按发放", "rewards as granted"),
    "cost_by_redemption_amount": ("按兑换", "as redeemed"), "cost_per_registered_amount": ("注册", "registration"),
    "cost_per_verified_amount": ("实名", "verified user"), "cost_per_lender_amount": ("出借人", "lender"),
    "cost_per_borrower_amount": ("借款人", "borrower"), "cost_per_borrower_after_loss_amount": ("借款人扣损", "borrower after loss"),
}  # fmt: skip
_COST_PARTS = [
    ("人数", "people", 4), ("获客成本（¤）", "cost of acquisition, ¤", 2), ("人均获客成本（¤）", "CAC, ¤", 5),
]  # fmt: skip
_RETURNS = {
    "revenue_amount": ("收入", "revenue"), "realised_loss_amount": ("已实现损失", "realised loss"),
    "lenders_loss_amount": ("其中出借人承担", "borne by lenders"), "expected_loss_amount": ("已实现与预期损失", "realised and expected"),
    "100 * roi_rate": ("扣损前", "before loss"), "100 * roi_after_loss_rate": ("扣损后", "after loss"),
    "payback_months": ("月", "months"),
}  # fmt: skip
_RETURN_PARTS = [("累计（¤）", "to date, ¤", 4), ("投资回报率 %", "ROI, %", 2), ("回收期", "payback", 1)]
_WORTH = {
    f"ltv_{days}{kind}_amount": said
    for days in WINDOWS
    for kind, said in (
        ("", ("扣损前", "before loss")), ("_after_loss", ("扣损后", "after loss")),
        ("_after_expected_loss", ("扣预期损失", "after expected loss")),
    )
}  # fmt: skip
_WORTH_PARTS = [(f"{days} 日", f"{days} days", 3) for days in WINDOWS]
_BOOK = {
    "disbursed_amount": ("放款（¤）", "disbursed, ¤"), "100 * book_6_over_30_share": ("30 天以上", "30+"),
    "100 * book_6_over_90_share": ("90 天以上", "90+"), "100 * book_12_over_30_share": ("30 天以上", "30+"),
    "100 * book_12_over_90_share": ("90 天以上", "90+"), "lent_amount": ("出借", "lent"), "position_amount": ("留存本金", "retained"),
    "withdrawn_amount": ("提现", "withdrawn"),
}  # fmt: skip
_BOOK_PARTS = [
    ("借款人", "borrowers", 1), ("6 个月内曾逾期 %", "past due within 6 months, %", 2), ("12 个月内曾逾期 %", "within 12 months, %", 2),
    ("全部用户（¤）", "all of them, ¤", 3),
]  # fmt: skip


def economics(snapshot: Snapshot, month: date, channel: str) -> None:
    """People who registered in a month, by channel or by campaign of one channel: cost, worth and what they did to the loan book."""
    section("获客成本与价值（扣损后）", "Unit economics after credit loss")
    st.caption(
        f"{month:%Y-%m} 注册的人，截至最近日期；期限未满或人数过少为 —。 "
        f"People who registered in {month:%Y-%m}, up to the latest day; — where a window is not over yet or the group is too small."
    )
    missing = set(lacking(snapshot).values())
    for (zh, en), columns, parts in (
        (("人数与成本", "People and cost"), _COSTS, _COST_PARTS),
        (("收入、损失与回报", "Revenue, loss and return"), _RETURNS, _RETURN_PARTS),
        (("人均价值 LTV（¤）", "LTV of one who registered, ¤"), _WORTH, _WORTH_PARTS),
        (("对借款与出借的影响", "What they borrowed and lent"), _BOOK, _BOOK_PARTS),
    ):
        part(zh, en)
        asked = ("null" if column.removeprefix("100 * ") in missing else column for column in columns)
        lines = _of_month(snapshot, month, channel, ", ".join(asked))
        table(
            [("渠道", "channel") if channel == "all" else ("活动", "campaign"), *columns.values()],
            [(_named(code, name, channel), *map(_written, columns, values)) for code, name, *values in lines],
            is_summed=True,
            parts=parts,
            empty=("当月无人注册。", "Nobody registered in the month."),
        )
    if missing & {column.removeprefix("100 * ") for columns in (_COSTS, _RETURNS, _WORTH, _BOOK) for column in columns}:
        st.caption("所需数据未提供的指标为 —。 — where the source does not supply what a figure needs.")


def _of_month(snapshot: Snapshot, month: date, channel: str, columns: str) -> list[tuple[Any, ...]]:
    """A month's channels with these columns, or the campaigns of one channel; the total comes last."""
    told = "channel" if channel == "all" else "campaign_code"
    where = "economics.campaign_code = 'all'" if channel == "all" else "channel = ?"
    return rows(
        snapshot,
        f"select economics.{told}, campaign_name, {columns} from rpt_marketing_economics as economics "
        "left join dim_campaigns as campaign on campaign.campaign_code = economics.campaign_code "
        f"where month_on = ? and {where} order by economics.{told} = 'all', registered_share desc, economics.{told}",
        month, *([] if channel == "all" else [channel]),
    )  # fmt: skip


def _named(code: str, name: str | None, channel: str) -> Cell:
    return (name, code) if name else worded(code, CHANNELS if channel == "all" else CAMPAIGNS)


def _written(column: str, value: Any) -> str:
    if column.startswith("100 *") or column.endswith("_amount"):
        return number(value, 2)
    if column.endswith("_months"):
        return number(value)
    if value is None:
        return number(None)
    # A sum of shares in units of 10^-24, as people; partial credits have decimals.
    people = Decimal(value).scaleb(-24)
    return number(people, 0 if people == people.to_integral_value() else 2)


def cohorts(snapshot: Snapshot) -> None:
    """Lenders and borrowers of a month, month by month since."""
    section("出借人与借款人分月跟踪", "Cohorts of lenders and borrowers")
    found = [
        month
        for (month,) in rows(
            snapshot,
            "select cohort_month_on from fct_lender_cohorts union select cohort_month_on from fct_borrower_cohorts order by 1 desc",
        )
    ]  # fmt: skip
    if not found:
        st.caption("尚无已结束的月份。 No month has ended yet.")
        return
    # Cohorts of a year ago have enough months to show.
    month = st.selectbox(
        "首投或首贷月份 first investment or loan in", found, index=min(12, len(found) - 1),
        format_func=lambda first: f"{first:%Y-%m}", width=320,
    )  # fmt: skip
    part("出借人", "Lenders")
    lines = rows(
        snapshot,
        "select since_months, lenders_count, 100 * active_share, 100 * retained_share, position_amount, put_in_amount, received_amount, "
        "100 * reinvested_rate, withdrawn_amount from fct_lender_cohorts where cohort_month_on = ? order by since_months", month,
    )  # fmt: skip
    table(
        [("其后第几月", "months since"), ("出借人", "lenders"), ("活跃 %", "active, %"), ("留存 %", "retained, %"),
         ("持有本金（¤）", "principal held, ¤"), ("投入（¤）", "put in, ¤"), ("收回（¤）", "received back, ¤"),
         ("复投率 %", "put in of received, %"), ("提现（¤）", "withdrawn, ¤")],
        [
            (str(since), number(people), number(active, 1), number(retained, 1), *(number(amount, 2) for amount in amounts),
             number(again, 1), number(withdrawn, 2))
            for since, people, active, retained, *amounts, again, withdrawn in lines
        ],
        empty=("当月无人首投。", "Nobody invested for the first time in the month."),
    )  # fmt: skip
    part("借款人", "Borrowers")
    lines = rows(
        snapshot,
        "select since_months, borrowers_count, 100 * second_loan_people_share, 100 * over_30_people_share, 100 * over_90_people_share, "
        "disbursed_amount, 100 * over_30_share, 100 * over_90_share from fct_borrower_cohorts where cohort_month_on = ? "
        "order by since_months", month,
    )  # fmt: skip
    table(
        [("其后第几月", "months since"), ("借款人", "borrowers"), ("复借 %", "second loan, %"), ("30 天以上", "30+"), ("90 天以上", "90+"),
         ("放款（¤）", "disbursed, ¤"), ("30 天以上", "30+"), ("90 天以上", "90+")],
        [
            (str(since), number(people), number(second, 1), number(people_30, 1), number(people_90, 1), number(amount, 2),
             number(amount_30, 2), number(amount_90, 2))
            for since, people, second, people_30, people_90, amount, amount_30, amount_90 in lines
        ],
        parts=[("人", "people", 2), ("曾逾期人数 %", "ever past due, % of people", 2), ("金额", "amount", 1),
               ("曾逾期金额 %", "ever past due, % of the amount", 2)],
        empty=("当月无人首贷。", "Nobody had a first loan in the month."),
    )  # fmt: skip

"""A small platform and changes that can happen between two loads, each with the loans that it affects.

Belongs here: the records. Does not: what a build must do with them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.support.platform import Platform


def small_platform() -> tuple[Platform, list[int]]:
    """Six loans of six months, paid for a while, each with two lenders; complaints, fees, a related borrower."""
    p = Platform()
    lenders = p.users(3)
    loans = []
    for i in range(6):
        month = 1 + i % 3
        loan = p.loan("6000.00", "0.12", {lenders[0]: "4000", lenders[i % 2 + 1]: "2000"}, f"2019-0{month}-10 10:00")
        p.plan(loan, [(f"2019-{month + n:02}-10", "1000.00", "60.00") for n in range(1, 7)])
        for n in range(1, 7 - month):
            if not (i == 4 and n > 1):
                p.repay(loan, n, f"2019-{month + n:02}-09 20:00", "1000.00", "60.00")
        p.fee("30.00", f"2019-0{month}-10 10:00", loan_id=loan)
        loans.append(loan)
    p.transfer(loans[0], lenders[0], lenders[2], "500.00", "2019-04-20 12:00")
    p.complaint("2019-03-05 10:00")
    p.complaint("2019-04-05 10:00", "2019-05-02 10:00")
    # The custodian's statement has the first of two deposits.
    for reference, at in (("R1", "2019-01-08 10:00"), ("R2", "2019-02-08 10:00")):
        p.add("fund_movements", user_id=lenders[0], movement_kind="deposit", amount="400.00", occurred_at=at, custodian_reference=reference)
    p.add("custodian_entries", user_id=lenders[0], amount="400.00", booked_at="2019-01-08 10:00", custodian_reference="R1")
    # One visitor who turned out to be two lenders, and an unknown visitor.
    for number, (visitor, user) in enumerate([("a", lenders[0]), ("a", lenders[1]), ("b", None)], start=1):
        p.add("web_sessions", session_id=number, visitor_id=visitor, user_id=user, started_at="2010-06-01 09:00", utm_medium="sms")
    return p, loans


Change = Callable[[Platform, list[int]], set[int] | None]


def a_payment(p: Platform, loans: list[int]) -> set[int]:
    p.repay(loans[0], 6, "2019-06-29 10:00", "1000.00", "60.00")
    return {loans[0]}


def a_payment_an_entry_and_a_contract_known_late(p: Platform, loans: list[int]) -> set[int]:
    p.repay(loans[4], 2, "2019-04-10 10:00", "1000.00", "60.00", created_at="2019-06-30 10:00")
    entry = {"user_id": p.rows("investments")[0]["lender_id"], "amount": "400.00", "custodian_reference": "R2"}
    p.add("custodian_entries", **entry, booked_at="2019-02-08 10:00", created_at="2019-06-30 10:00")
    p.add("contracts", contract_kind="loan", loan_id=loans[0], signed_at="2019-01-09 10:00", created_at="2019-06-30 10:00")
    return {loans[4]}


def a_reversal(p: Platform, loans: list[int]) -> set[int]:
    p.reverse(p.rows("repayments")[0]["repayment_id"], "2019-06-30 10:00")
    return {loans[0]}


def a_transfer_known_late(p: Platform, loans: list[int]) -> set[int]:
    lender = p.rows("investments")[0]["lender_id"]
    p.transfer(loans[1], lender, p.user(), "100.00", "2019-03-01 10:00", created_at="2019-06-30 10:00")
    return {loans[1]}


def an_extension(p: Platform, loans: list[int]) -> set[int]:
    p.plan(loans[4], [(f"2019-{6 + n:02}-10", "1000.00", "60.00") for n in range(2, 7)], 2, "2019-06-30 10:00", first_no=2)
    return {loans[4]}


def one_more_row_of_a_plan_in_force(p: Platform, loans: list[int]) -> set[int]:
    p.plan(loans[4], [("2019-03-15", "10.00", "1.00")], 1, "2019-06-30 10:00", first_no=7)
    return {loans[4]}


def a_deleted_loan(p: Platform, loans: list[int]) -> set[int]:
    p.delete("loans", loans[0], "2019-06-30 10:00")
    return {loans[0]}


def a_loan_that_comes_back(p: Platform, loans: list[int]) -> set[int]:
    p.delete("loans", loans[0], "2019-06-30 10:00")
    p.change("loans", loans[0], "2019-06-30 11:00", deleted_at=None)
    return set()


def another_amount(p: Platform, loans: list[int]) -> set[int]:
    p.change("loans", loans[2], "2019-06-30 10:00", amount="6100.00")
    return {loans[2]}


def another_day_of_disbursement(p: Platform, loans: list[int]) -> set[int]:
    p.change("loans", loans[2], "2019-06-30 10:00", disbursed_at="2019-04-15 10:00")
    return {loans[2]}


def another_institution(p: Platform, loans: list[int]) -> set[int]:
    p.change("loans", loans[2], "2019-06-30 10:00", institution_id=1)
    return {loans[2]}


def only_a_status(p: Platform, loans: list[int]) -> set[int]:
    p.change("loans", loans[2], "2019-06-30 10:00", status="settled")
    return set()


def another_time_of_funding(p: Platform, loans: list[int]) -> set[int]:
    p.change("loans", loans[0], "2019-06-30 10:00", fully_funded_at="2019-05-01 10:00")
    return set()


def a_promotional_product(p: Platform, loans: list[int]) -> set[int]:
    p.change("loans", loans[3], "2019-06-30 10:00", product_id=p.product(is_promotional=True))
    return {loans[3]}


def a_product_that_was_promotional(p: Platform, loans: list[int]) -> set[int]:
    p.change("products", p.rows("products")[0]["product_id"], "2019-06-30 10:00", is_promotional=True)
    return set(loans)


def a_related_party(p: Platform, loans: list[int]) -> set[int]:
    p.change("users", p.rows("loans")[1]["borrower_id"], "2019-06-30 10:00", related_party_kind="shareholder")
    return set()


def only_complaints(p: Platform, loans: list[int]) -> set[int]:
    p.complaint("2019-02-05 10:00")
    p.change("complaints", 1, "2019-06-30 10:00", resolved_at="2019-06-29 10:00")
    return set()


def a_complaint_of_a_later_day(p: Platform, loans: list[int]) -> set[int]:
    p.change("complaints", 1, "2019-06-30 10:00", received_at="2019-05-05 10:00")
    return set()


def a_deleted_complaint(p: Platform, loans: list[int]) -> set[int]:
    p.delete("complaints", 1, "2019-06-30 10:00")
    return set()


def visits_of_known_people(p: Platform, loans: list[int]) -> set[int]:
    user = p.rows("investments")[0]["lender_id"]
    known = next(row["registered_at"] for row in p.rows("users") if row["user_id"] == user)
    # By instant, the one with the lower number is later; the unknown visitor turns out to be the third lender, before they registered.
    p.add("web_sessions", session_id=9, visitor_id="a", started_at=known - timedelta(days=2), utm_medium="cpc")
    p.add("web_sessions", session_id=8, visitor_id="a", started_at=known - timedelta(days=1), referrer_url="https://www.baidu.com/")
    p.add("web_sessions", session_id=7, visitor_id="b", user_id=user, started_at=known - timedelta(days=9))
    return set()


def first_steps_of_a_lender(p: Platform, loans: list[int]) -> set[int]:
    person, other = p.users(2)
    for kind, at in (("mobile", "2019-06-29 09:00"), ("real_name", "2019-06-29 09:01"), ("bank_card", "2019-06-29 09:02")):
        p.add("user_verifications", user_id=person, verification_kind=kind, outcome="passed", verified_at=at, created_at=at)
    p.add("fund_movements", user_id=person, movement_kind="deposit", amount="50.00", occurred_at="2019-06-29 10:00")
    listing = p.listing("900.00")
    p.invest(listing, other, "10.00", "2019-06-29 11:00")
    return {listing}


def a_listing_of_lenders_deleted(p: Platform, loans: list[int]) -> set[int]:
    p.delete("loans", loans[1], "2019-06-30 10:00")
    p.delete("users", p.user(), "2019-06-30 10:00")
    p.delete("users", p.rows("investments")[-1]["lender_id"], "2019-06-30 10:00")
    return {loans[1]}


def a_new_loan_before_all_others(p: Platform, loans: list[int]) -> set[int]:
    return {p.loan("100.00", disbursed_at="2018-12-30 10:00")}


# Each change comes in its own load and is built on the one before; the end of a chain is compared with a full build.
# Changes of a chain affect different rows, from early days to late ones, so that none computes again what another should have computed.
def a_write_off_and_a_grade_known_late(p: Platform, loans: list[int]) -> set[int]:
    """The ledger reads neither; what risk keeps of old months changes with both."""
    written_off = {"loan_id": loans[4], "event_kind": "write_off", "occurred_at": "2019-04-20 10:00"}
    p.add("loan_events", **written_off, created_at="2019-06-30 10:00")
    assessed = {"loan_id": loans[2], "user_id": p.rows("loans")[2]["borrower_id"], "credit_grade": "C", "expected_default_rate": "0.05"}
    p.add("credit_assessments", **assessed, assessed_at="2019-03-01 10:00", created_at="2019-06-30 10:00")
    return set()


CHAINS: dict[str, list[Change]] = {
    "early_loan": [a_new_loan_before_all_others, a_transfer_known_late, only_a_status, a_payment],
    "other_terms": [a_promotional_product, a_payment_an_entry_and_a_contract_known_late, another_institution, a_related_party],
    "other_amount": [another_amount, only_complaints, an_extension, a_reversal],
    "other_day": [a_deleted_loan, one_more_row_of_a_plan_in_force, another_day_of_disbursement, a_complaint_of_a_later_day],
    "no_trace": [a_loan_that_comes_back, a_write_off_and_a_grade_known_late, a_deleted_complaint],
    "people": [a_listing_of_lenders_deleted, another_time_of_funding, first_steps_of_a_lender],
    "whole_product": [a_product_that_was_promotional, visits_of_known_people],
}

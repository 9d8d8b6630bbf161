"""Loans of 1,200.00, each unusual in its own way, for tests of how the ledger counts and reports contradictions.

Belongs here: their rows, and the expected results, calculated by hand. Does not: queries of the warehouse.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.support.platform import Platform

LINES = [("2019-02-02", "400.00", "12.00"), ("2019-03-02", "400.00", "8.00"), ("2019-04-02", "400.00", "4.00")]
DISBURSED = "2019-01-02 11:00"


class Case:
    """A platform to which each case adds its loan."""

    def __init__(self) -> None:
        self.p = Platform()
        self.product = self.p.product(repayment_method="equal_principal")
        self.lender, self.buyer = self.p.users(2)
        self.other = self.loan()  # another loan, for rows that name the wrong one
        self.of_other = self.p.repay(self.other, 1, "2019-02-02 10:00", "400.00", "12.00")
        self.p.complaint("2019-06-01 10:00")

    def loan(self, plan: list[tuple[str, str, str]] | None = None, **values: object) -> int:
        given = {"lenders": {self.lender: "1200.00"}, "product_id": self.product, "term_months": 3} | values
        loan = self.p.loan("1200.00", "0.12", disbursed_at=DISBURSED, **given)
        self.p.plan(loan, LINES if plan is None else plan)
        return loan

    def pay(self, loan: int, *payments: tuple[int, str, str, str]) -> list[int]:
        return [self.p.repay(loan, no, f"{day} 10:00", principal, interest) for no, day, principal, interest in payments]


ON_TIME = [(1, "2019-02-02", "400.00", "12.00"), (2, "2019-03-02", "400.00", "8.00"), (3, "2019-04-02", "400.00", "4.00")]


def excess_settles_the_next(c: Case) -> int:
    c.pay(loan := c.loan(), (1, "2019-02-02", "500.00", "12.00"), (2, "2019-03-02", "300.00", "8.00"), ON_TIME[2])
    return loan


def excess_passes_over_two_lines(c: Case) -> int:
    c.pay(loan := c.loan(), (1, "2019-02-02", "1000.00", "24.00"))
    return loan


def excess_of_the_last_settles_the_oldest(c: Case) -> int:
    c.pay(loan := c.loan(), (3, "2019-04-02", "800.00", "16.00"))
    return loan


def excess_of_a_guarantor(c: Case) -> int:
    loan = c.loan()
    c.p.repay(loan, 1, "2019-02-10 10:00", "500.00", "12.00", by="guarantor")
    return loan


def settled_early_on_the_second(c: Case) -> int:
    c.pay(loan := c.loan(), ON_TIME[0], (2, "2019-02-10", "800.00", "2.00"))
    return loan


def interest_due_by_then_stays_owed(c: Case) -> int:
    c.pay(loan := c.loan(), (1, "2019-02-20", "400.00", "0.00"), (2, "2019-02-20", "400.00", "0.00"), (3, "2019-02-20", "400.00", "0.00"))
    return loan


def given_up_until_a_reversal(c: Case) -> int:
    loan = c.loan()
    *_, last = c.pay(loan, ON_TIME[0], (2, "2019-02-10", "400.00", "0.00"), (3, "2019-02-10", "400.00", "0.00"))
    c.p.reverse(last, "2019-02-12 10:00")
    return loan


def a_plan_for_the_rest(c: Case) -> int:
    c.pay(loan := c.loan(), ON_TIME[0], (1, "2019-03-20", "200.00", "6.00"))
    c.p.plan(loan, [(f"2019-{month}-20", "200.00", "6.00") for month in ("03", "04", "05", "06")], 2, "2019-02-20 10:00")
    return loan


def a_plan_for_the_rest_between_two_payments_of_a_day(c: Case) -> int:
    loan = c.loan()
    c.p.repay(loan, 1, "2019-02-02 10:00", "400.00", "12.00")
    c.p.plan(loan, [("2019-03-20", "800.00", "9.00")], 2, "2019-02-02 12:00")
    c.p.repay(loan, 1, "2019-02-02 14:00", "100.00", "0.00")
    return loan


def a_plan_that_restates_the_loan(c: Case) -> int:
    c.pay(loan := c.loan(), ON_TIME[0])
    c.p.plan(loan, [LINES[0], ("2019-07-02", "800.00", "20.00")], 2, "2019-02-20 10:00")
    return loan


def a_plan_of_what_changed_alone(c: Case) -> int:
    c.pay(loan := c.loan(), ON_TIME[0])
    c.p.plan(loan, [("2019-07-02", "400.00", "8.00")], 2, "2019-03-20 10:00", first_no=3)
    return loan


def a_plan_made_long_after(c: Case) -> int:
    loan = c.p.loan("1200.00", "0.12", {c.lender: "1200.00"}, DISBURSED, product_id=c.product, term_months=3)
    c.p.plan(loan, LINES, created_at="2019-06-01 10:00")
    return loan


def no_plan(c: Case) -> int:
    return c.p.loan("1200.00", "0.12", {c.lender: "1200.00"}, DISBURSED, product_id=c.product, term_months=3)


def paid_on_instalment_nought(c: Case) -> int:
    c.pay(loan := c.loan(), (0, "2019-02-02", "400.00", "12.00"))
    return loan


def paid_on_an_instalment_beyond_the_plan(c: Case) -> int:
    c.pay(loan := c.loan(), (9, "2019-02-02", "800.00", "20.00"))
    return loan


def reversed_twice(c: Case) -> int:
    loan = c.loan()
    [paid] = c.pay(loan, ON_TIME[0])
    c.p.reverse(paid, "2019-02-05 10:00")
    c.p.reverse(paid, "2019-02-06 10:00")
    return loan


def a_reversal_of_nothing(c: Case) -> int:
    c.pay(loan := c.loan(), ON_TIME[0])
    c.p.repay(loan, 1, "2019-02-05 10:00", "-400.00", "-12.00", reverses_repayment_id=999_999)
    return loan


def a_reversal_of_another_loan(c: Case) -> int:
    c.pay(loan := c.loan(), ON_TIME[0])
    c.p.repay(loan, 1, "2019-02-05 10:00", "-400.00", "-12.00", reverses_repayment_id=c.of_other)
    return loan


def a_reversal_of_more_than_was_paid(c: Case) -> int:
    loan = c.loan()
    [paid] = c.pay(loan, ON_TIME[0])
    c.p.repay(loan, 1, "2019-02-05 10:00", "-400.00", "-13.00", reverses_repayment_id=paid)
    return loan


def a_reversal_of_what_another_paid(c: Case) -> int:
    loan = c.loan()
    [paid] = c.pay(loan, ON_TIME[0])
    c.p.repay(loan, 1, "2019-02-05 10:00", "-400.00", "-12.00", by="guarantor", reverses_repayment_id=paid)
    return loan


def repaid_beyond_what_was_lent(c: Case) -> int:
    c.pay(loan := c.loan(), *ON_TIME[:2], (3, "2019-04-02", "450.00", "4.00"))
    c.p.settle(loan, "2019-04-02 10:00")
    return loan


def less_than_nothing_without_a_reversal(c: Case) -> int:
    c.pay(loan := c.loan(), ON_TIME[0], (1, "2019-02-03", "-100.00", "0.00"))
    return loan


def paid_before_the_disbursement(c: Case) -> int:
    c.pay(loan := c.loan(), (1, "2018-12-30", "400.00", "12.00"))
    return loan


def sold_by_who_holds_nothing(c: Case) -> int:
    c.p.transfer(loan := c.loan(), c.buyer, c.lender, "100.00", "2019-01-20 10:00")
    return loan


def sold_to_oneself(c: Case) -> int:
    c.p.transfer(loan := c.loan(), c.lender, c.lender, "100.00", "2019-01-20 10:00")
    return loan


def sold_after_all_was_repaid(c: Case) -> int:
    c.pay(loan := c.loan(), *ON_TIME)
    c.p.settle(loan, "2019-04-02 10:00")
    c.p.transfer(loan, c.lender, c.buyer, "100.00", "2019-04-20 10:00")
    return loan


def sold_whole_as_shown(c: Case) -> int:
    """266.666… is shown as 266.67."""
    c.pay(loan := c.loan(lenders={c.lender: "400.00", c.buyer: "800.00"}), ON_TIME[0])
    c.p.transfer(loan, c.lender, c.buyer, "266.67", "2019-02-20 10:00")
    return loan


def sold_for_a_cent_more_than_shown(c: Case) -> int:
    c.pay(loan := c.loan(lenders={c.lender: "400.00", c.buyer: "800.00"}), ON_TIME[0])
    c.p.transfer(loan, c.lender, c.buyer, "266.68", "2019-02-20 10:00")
    return loan


def lent_by_its_own_borrower(c: Case) -> int:
    return c.loan(borrower_id=c.lender)


def a_borrower_who_is_not_there(c: Case) -> int:
    return c.loan(borrower_id=987_654)


def a_product_that_is_not_there(c: Case) -> int:
    return c.loan(product_id=987_654)


def settled_but_owing(c: Case) -> int:
    c.p.settle(loan := c.loan(), "2019-04-02 10:00")
    return loan


def repaying_with_nothing_owed(c: Case) -> int:
    c.pay(loan := c.loan(), *ON_TIME)
    return loan


def withdrawn_but_disbursed(c: Case) -> int:
    return c.loan(status="withdrawn")


def disbursed_on_another_day_later(c: Case) -> int:
    c.p.change("loans", loan := c.loan(), "2019-03-01 10:00", disbursed_at=c.p.instant("2019-01-05 11:00"))
    return loan


def overdue_by_a_few_cents(c: Case) -> int:
    c.pay(loan := c.loan(), (1, "2019-02-02", "400.00", "11.55"), *ON_TIME[1:])
    return loan


def compensated_and_reversed(c: Case) -> int:
    loan = c.loan()
    c.p.repay(loan, 1, "2019-02-03 10:00", "400.00", "12.00", by="guarantor", penalty="3.00")
    c.p.repay(loan, 1, "2019-02-20 10:00", "400.00", "12.00", to="guarantor")
    second = c.p.repay(loan, 2, "2019-03-05 10:00", "400.00", "8.00", by="guarantor")
    c.p.reverse(second, "2019-03-08 10:00")
    return loan


# Outstanding principal, overdue amount, codes of the findings that name the loan or one of its rows, and a part of one message.
EXPECTED: list[tuple[Callable[[Case], int], str, str, set[str], str]] = [
    (excess_settles_the_next, "0.00", "0.00", {"E32", "E35"}, "100.00 was paid on instalment 1 beyond its due"),
    (excess_passes_over_two_lines, "200.00", "200.00", {"E35"}, "612.00 was paid on instalment 1 beyond its due"),
    (excess_of_the_last_settles_the_oldest, "400.00", "408.00", {"E35"}, "412.00 was paid on instalment 3 beyond its due"),
    (excess_of_a_guarantor, "700.00", "712.00", {"E35"}, "100.00 was paid on instalment 1 beyond its due"),
    (settled_early_on_the_second, "0.00", "0.00", {"E32", "E34", "E35"}, "10.00 of interest fell due after all principal was back"),
    (interest_due_by_then_stays_owed, "0.00", "12.00", {"E34"}, "12.00 of interest fell due after all principal was back"),
    (given_up_until_a_reversal, "400.00", "412.00", set(), ""),
    (a_plan_for_the_rest, "600.00", "412.00", set(), ""),
    (a_plan_for_the_rest_between_two_payments_of_a_day, "700.00", "709.00", set(), ""),
    (a_plan_that_restates_the_loan, "800.00", "0.00", set(), ""),
    (a_plan_of_what_changed_alone, "800.00", "0.00", {"E18", "E24"}, "principal of plan 2 is 400.00, neither the loan's amount 1200.00"),
    (a_plan_made_long_after, "1200.00", "1224.00", {"E36"}, "was made on 2019-06-01 and holds from the disbursement on 2019-01-02"),
    (no_plan, "1200.00", "0.00", {"E23"}, "no plan is in force"),
    (paid_on_instalment_nought, "800.00", "812.00", {"E24"}, "has no instalment 0; 412.00 applied to the oldest"),
    (paid_on_an_instalment_beyond_the_plan, "400.00", "404.00", {"E24"}, "has no instalment 9; 820.00 applied to the oldest"),
    (reversed_twice, "1200.00", "1224.00", {"E21", "E25"}, "412.00 beyond what was paid on instalment 1 has been taken back"),
    (a_reversal_of_nothing, "1200.00", "1224.00", {"E25"}, "reverses repayment 999999, which is not there"),
    (a_reversal_of_another_loan, "1200.00", "1224.00", {"E25"}, "of loan "),
    (a_reversal_of_more_than_was_paid, "1200.00", "1224.00", {"E21", "E25"}, "takes back more than repayment"),
    (a_reversal_of_what_another_paid, "1200.00", "1224.00", {"E25"}, "says another payer or payee than repayment"),
    (repaid_beyond_what_was_lent, "0.00", "0.00", {"E21"}, "50.00 of principal was repaid beyond the 1200.00 that was lent"),
    (less_than_nothing_without_a_reversal, "900.00", "912.00", {"E26"}, "a repayment of less than nothing that reverses none"),
    (paid_before_the_disbursement, "800.00", "812.00", {"E27"}, "412.00 paid before the disbursement on 2019-01-02"),
    (sold_by_who_holds_nothing, "1200.00", "1224.00", {"E10", "E28"}, "sells more than they hold then"),
    (sold_to_oneself, "1200.00", "1224.00", {"E28"}, "seller and buyer are one"),
    (sold_after_all_was_repaid, "0.00", "0.00", {"E28"}, "nothing of the loan is outstanding then"),
    (sold_whole_as_shown, "800.00", "812.00", set(), ""),
    (sold_for_a_cent_more_than_shown, "800.00", "812.00", {"E10", "E28"}, "sells more than they hold then"),
    (lent_by_its_own_borrower, "1200.00", "1224.00", {"E29"}, "lent by its own borrower"),
    (a_borrower_who_is_not_there, "1200.00", "1224.00", {"E29"}, "the borrower is not among the users"),
    (a_product_that_is_not_there, "1200.00", "1224.00", {"E29"}, "the product is not among the products"),
    (settled_but_owing, "1200.00", "1224.00", {"E32"}, "it is settled, but 1224.00 is owed"),
    (repaying_with_nothing_owed, "0.00", "0.00", {"E32"}, "it is being repaid, but nothing is owed"),
    (withdrawn_but_disbursed, "1200.00", "1224.00", {"E32"}, "it is withdrawn, but was disbursed"),
    (disbursed_on_another_day_later, "1200.00", "1224.00", {"E31"}, "moved from 2019-01-02 to 2019-01-05 on 2019-03-01"),
    (overdue_by_a_few_cents, "0.00", "0.45", {"E33"}, "0.45 has been overdue for 119 days"),
    (compensated_and_reversed, "800.00", "812.00", set(), ""),
]

"""Two hand-made platforms for the checks: one breaks every rule that records can break, the other just keeps every rule.

Belongs here: their records. Does not: what a check must find.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from tests.support.platform import Platform

STEADY_MONTHS = 16
STEADY_END = date(2019, 4, 30)
BROKEN_END = date(2019, 6, 30)
LOADED = datetime(2020, 7, 1, 2, tzinfo=UTC)
KNOWN_HASH = "5a" * 32
_BORROWERS, _LENDERS = 12, 4


def steady_platform(months: int = STEADY_MONTHS) -> Platform:
    """A platform on which every month is like the one before, and each edit has a case close to its limit.

    Each month twelve loans of 300 for three months, repaid on time, in equal parts from four lenders: a borrower owes a twelfth of all
    principal. The first loan costs 24 % a year with its fee, and all lenders sell it eight days after it was disbursed.
    The second is guaranteed up to the limit of a guarantor that leaves on the last day; the third by a lender of small loans, who needs no
    licence for that and has left. The interest of the fourth is wrong by two thirds of a percent.
    Details add up to a month's marketing cost exactly.
    """
    p = Platform()
    lenders, buyer = p.users(_LENDERS), p.user()
    borrowers = [p.user(user_kind="enterprise" if n % 2 else "individual") for n in range(_BORROWERS)]
    product = p.product(repayment_method="interest_first")
    guarantor = _institution(p, "guarantee", licence_no="G1", guarantee_limit="600.00", cooperation_ended_on=STEADY_END)
    small_lender = _institution(p, "micro_loan", cooperation_ended_on="2018-02-01")
    firsts = [date(2018 + (m // 12), m % 12 + 1, 1) for m in range(months + 3)]
    _repaid_related_loan(p, lenders, product)
    for m in range(months):
        for n, borrower in enumerate(borrowers):
            backed_by = {1: guarantor, 2: small_lender}.get(n)
            _steady_loan(p, [first.replace(day=10) for first in firsts[m : m + 4]], n, borrower, lenders, buyer, product, backed_by)
        end = min(firsts[m + 1], date(2019, 5, 1)).toordinal() - 1
        p.complaint(f"{date.fromordinal(end)} 10:00", f"{date.fromordinal(end)} 12:00")
    p.add("risk_events", event_kind="litigation", occurred_at="2019-02-01 10:00", disclosed_at="2019-02-03 09:00")
    p.add("risk_events", event_kind="suspension", occurred_at="2019-04-29 22:00")
    p.add("marketing_costs", cost_on="2019-02-01", channel="sms", campaign_id=0, amount="5.00")
    p.add("marketing_cost_details", cost_on="2019-02-01", channel="sms", campaign_id=0, detail_kind="keyword", detail="x", amount="5.00")
    return p


def _steady_loan(
    p: Platform, days: list[date], n: int, borrower: int, lenders: list[int], buyer: int, product: int, backed_by: int | None
) -> None:
    """The `n`-th loan of a month, disbursed on the first of `days` and due on the others."""
    at = f"{days[0]} 10:00"
    loan = p.loan(
        "300.00",
        "0.12",
        dict.fromkeys(lenders, "75.00"),
        at,
        product_id=product,
        borrower_id=borrower,
        term_months=3,
        institution_id=backed_by,
    )
    interest = "2.98" if n == 3 else "3.00"
    p.plan(loan, [(due, "100.00", interest) for due in days[1:]])
    for no, due in enumerate(days[1:], start=1):
        if due <= STEADY_END:
            p.repay(loan, no, f"{due} 09:00", "100.00", interest)
    if days[-1] <= STEADY_END:
        p.settle(loan, f"{days[-1]} 09:00")
    p.fee("3.00" if n == 0 else "1.00", at, loan_id=loan, user_id=borrower)
    p.add("contracts", contract_kind="loan", loan_id=loan, user_id=borrower, signed_at=at, document_sha256=KNOWN_HASH)
    p.add("fund_movements", user_id=borrower, movement_kind="disbursement", amount="300.00", occurred_at=at, custodian_reference=f"R{loan}")
    p.add("custodian_entries", user_id=borrower, amount="300.00", booked_at=f"{days[0]} 23:00", custodian_reference=f"R{loan}")
    if n == 0:
        for lender in lenders:
            p.transfer(loan, lender, buyer, "75.00", f"{days[0].replace(day=18)} 10:00")
            p.add("contracts", contract_kind="claim_transfer", loan_id=loan, user_id=buyer, signed_at=at, document_sha256=KNOWN_HASH)


def _repaid_related_loan(p: Platform, lenders: list[int], product: int) -> None:
    """A related party that owes nothing any more."""
    related = p.user(related_party_kind="staff")
    loan = p.loan("100.00", "0.12", {lenders[0]: "100.00"}, "2018-01-10 10:00", product_id=product, borrower_id=related, term_months=1)
    p.plan(loan, [("2018-02-10", "100.00", "1.00")])
    p.repay(loan, 1, "2018-02-10 09:00", "100.00", "1.00")
    p.settle(loan, "2018-02-10 09:00")
    p.add("contracts", contract_kind="loan", loan_id=loan, user_id=related, signed_at="2018-01-10 09:00", document_sha256=KNOWN_HASH)


def _institution(p: Platform, kind: str, **values: object) -> int:
    found: int = p.add("institutions", institution_kind=kind, cooperation_started_on="2017-01-01", **values)["institution_id"]
    return found


def broken_platform() -> Platform:
    """A platform that breaks every rule that records can break."""
    p = Platform()
    person, enterprise = p.user(user_kind="individual"), p.user(user_kind="enterprise")
    whole = p.loan("250000.00", disbursed_at="2019-02-10 10:00", borrower_id=person)  # CN-E01
    p.plan(whole, [("2019-03-10", "250000.00", "2500.00")])
    p.loan("1500000.00", disbursed_at="2019-02-10 10:00", borrower_id=enterprise)  # CN-E02
    p.repay(whole, 1, "2019-03-20 10:00", "100.00", by="platform")  # CN-E03
    p.loan("5000.00", lenders={p.user(): "4000.00"}, disbursed_at="2019-04-10 10:00")  # CN-E05, CN-E10
    p.repay(whole, 1, "2019-05-10 10:00", "200.00", by="guarantor")
    p.repay(whole, 1, "2019-06-10 10:00", "-150.00", by="guarantor")  # CN-E12: falls, and no reversal is named; CN-E26
    paid = p.loan("1000.00", disbursed_at="2019-02-10 10:00")
    p.plan(paid, [("2019-06-10", "1000.00", "10.00")])
    p.repay(paid, 1, "2019-06-10 10:00", "9000000.00")  # CN-E11, CN-E21
    p.repay(999, 1, "2019-06-10 10:00", "1.00")  # GB-I07
    p.complaint(f"{BROKEN_END} 10:00")
    p.repay(paid, 1, "2019-06-11 10:00", None)  # GB-F01
    p.fee("1.00", "2019-06-12 10:00", kind="tip")  # GB-F02, CN-E13
    first = p.rows("repayments")[0]
    p.rows("repayments").append(first | {"principal": first["principal"] + 1})  # GB-F03
    p.repay(paid, 1, "2019-06-11 10:00", "1.00", created_at=datetime(2250, 1, 1, tzinfo=UTC))  # GB-F04
    p.repay(paid, 1, "2019-06-11 10:00", "100000000000.01")  # GB-F05
    p.repay(paid, 1, "2019-06-11 10:00", "1.00", created_at=datetime(2150, 1, 1, tzinfo=UTC))  # GB-F07
    p.add("campaigns", code="Spring", campaign_kind="video")
    p.add("campaigns", code="spring ", campaign_kind="video")  # GB-M02
    p.add("marketing_costs", cost_on="2019-06-01", channel="some thing", campaign_id=0, amount="5.00")  # GB-M01
    p.add("marketing_costs", cost_on="2019-06-01", channel="sms", campaign_id=0, amount="5.00")
    for day in ("2019-06-01", "2019-06-02"):
        p.add(
            "marketing_cost_details", cost_on=day, channel="sms", campaign_id=0, detail_kind="branch", detail="1", amount="3.00"
        )  # GB-M03
    _break_conduct(p)
    _break_ledger(p, paid)
    return p


def _break_conduct(p: Platform) -> None:
    """Errors in who borrows, sells, guarantees, signs, keeps and reports. Every loan lacks its contract, and a few hold all principal."""
    p.loan("100.00", disbursed_at="2019-02-10 10:00", borrower_id=p.user(related_party_kind="controller"))  # CN-E04
    lender, buyer = p.users(2)
    sold = p.loan("200.00", "0.40", {lender: "200.00"}, "2019-02-10 10:00")  # CN-E07
    p.transfer(sold, lender, buyer, "200.00", "2019-02-16 10:00")  # CN-E06
    p.loan("300.00", "0.30", disbursed_at="2019-02-10 10:00")  # CN-E07W
    p.add("fund_movements", amount="50.00", occurred_at="2019-02-10 10:00", custodian_reference="R1")  # CN-E09
    p.add("custodian_entries", amount="50.00", booked_at="2019-02-11 10:00", custodian_reference="R1")
    p.add("custodian_entries", amount="7.00", booked_at="2019-02-11 10:00", custodian_reference="R2")
    p.add("fund_movements", amount="60.00", occurred_at="2019-02-12 23:59:58", custodian_reference="R3")  # CN-E09W
    p.add("custodian_entries", amount="60.00", booked_at="2019-02-13 00:00:03", custodian_reference="R3")
    p.add("fund_movements", amount="70.00", occurred_at="2019-02-14 10:00", custodian_reference="r4")  # CN-E20
    p.add("custodian_entries", amount="70.00", booked_at="2019-02-14 10:00", custodian_reference="R4 ")
    limited = _institution(p, "guarantee", licence_no="G1", guarantee_limit="399.99")
    p.loan("400.00", disbursed_at="2019-02-10 10:00", institution_id=limited)  # CN-E14
    left = _institution(p, "guarantee", cooperation_ended_on="2019-06-29")
    p.loan("500.00", disbursed_at="2019-02-10 10:00", institution_id=left)  # CN-E14, CN-E19
    p.delete("institutions", left, "2019-06-30 10:00")  # which changes nothing about the loans that it guarantees
    p.add("risk_events", event_kind="litigation", occurred_at="2019-06-28 23:59")  # CN-E15
    unsure = p.loan("600.00", disbursed_at="2019-02-10 10:00")  # CN-E18
    p.plan(unsure, [("2020-02-10", "599.99", "72.00")])
    p.add("contracts", contract_kind="loan", loan_id=unsure, signed_at="2019-02-10 10:00", document_sha256="unknown")  # CN-E16


def _break_ledger(p: Platform, paid: int) -> None:
    """Loans, plans and payments that contradict each other."""
    lender, borrower = p.users(2)
    odd = _odd_loan(p, [("2019-03-10", "50.00", "1.00"), ("2019-04-10", "50.00", "1.00")], {lender: "100.00"}, borrower_id=borrower)
    p.repay(odd, 7, "2019-03-10 10:00", "1.00")  # CN-E24
    p.repay(odd, 1, "2019-02-10 09:00", "1.00")  # CN-E27: before the disbursement
    p.repay(odd, 1, "2019-03-10 10:00", "60.00", "1.00")  # CN-E35
    p.repay(paid, 1, "2019-06-12 10:00", "-1.00", reverses_repayment_id=424242)  # CN-E25
    p.transfer(odd, lender, borrower, "1000.00", "2019-02-20 10:00")  # CN-E28, CN-E29, CN-E10
    _odd_loan(p, [("2019-03-10", "9000000.00", "0.00")])  # CN-E22, CN-E18, CN-E17: more is overdue than is outstanding in total
    early = _odd_loan(p, [("2019-03-10", "50.00", "1.00"), ("2019-04-10", "50.00", "1.00")])  # CN-E34: all repaid on 15 March
    p.repay(early, 1, "2019-03-10 10:00", "50.00", "1.00")
    p.repay(early, 2, "2019-03-15 10:00", "50.00")
    p.add("loan_events", loan_id=odd, event_kind="write_off", occurred_at="2019-06-01 10:00")  # CN-E37
    tiny = _odd_loan(p, [("2019-03-10", "100.00", "1.00")])  # CN-E33
    p.repay(tiny, 1, "2019-03-10 10:00", "100.00", "0.50")
    late = p.loan("100.00", disbursed_at="2019-02-10 10:00")  # CN-E36
    p.plan(late, [("2020-02-10", "100.00", "1.00")], created_at="2019-02-12 10:00")
    p.delete("loans", p.loan("100.00", disbursed_at="2019-02-10 10:00"), "2019-03-01 10:00")  # CN-E31
    p.rows("loans").append(p.rows("loans")[-2] | {"credit_grade": "Z"})  # CN-E30


def _odd_loan(p: Platform, plan: list[tuple[str, str, str]], lenders: dict[int, str] | None = None, **values: object) -> int:
    loan = p.loan("100.00", "0.12", lenders, "2019-02-10 10:00", **values)
    p.plan(loan, plan)
    return loan

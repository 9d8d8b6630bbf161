"""Risk figures whose numbers were worked out by hand, in the words of the specification. No warehouse is asked here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from tests.oracle.exact import gini, herfindahl, wilson
from tests.oracle.risk_collection import collected, promises, promises_kept
from tests.oracle.risk_concentration import concentration, institutions
from tests.oracle.risk_defaults import calibration, first_payment_defaults
from tests.oracle.risk_histories import histories
from tests.oracle.risk_rolls import expected_loss, loss_probabilities, mean_rolls, rolls
from tests.oracle.risk_vintages import vintages
from tests.oracle.source import Source
from tests.support.platform import Platform

JANUARY = date(2019, 1, 1)


def amounts(cell: object, *names: str) -> tuple[Decimal, ...]:
    return tuple(getattr(cell, name) for name in names)


def test_a_vintage_counts_any_day_and_is_after_recovery(tmp_path: Path) -> None:
    p = Platform()
    # 31 days past due on 13 March, paid on the 20th: never late at a month's end after that.
    late = p.loan("1000.00", disbursed_at="2019-01-10 10:00", credit_grade="B")
    p.plan(late, [("2019-02-10", "1000.00", "10.00")])
    p.repay(late, 1, "2019-03-20 10:00", "1000.00", "10.00")
    # The guarantor pays on day 10: the lenders never wait 30 days. The borrower is lost on day 181, 10 August, and pays 100 in September.
    covered = p.loan("600.00", disbursed_at="2019-01-31 23:59", credit_grade="A")
    p.plan(covered, [("2019-02-10", "600.00", "6.00")])
    p.repay(covered, 1, "2019-02-20 10:00", "600.00", "6.00", by="guarantor")
    p.repay(covered, 1, "2019-09-01 10:00", "100.00", to="guarantor")
    # Written off in May when 200 of 400 is unpaid and nothing is late.
    written_off = p.loan("400.00", disbursed_at="2019-01-15 10:00", credit_grade="A")
    p.plan(written_off, [("2019-04-15", "200.00", "2.00"), ("2020-04-15", "200.00", "2.00")])
    p.repay(written_off, 1, "2019-04-15 10:00", "200.00", "2.00")
    p.add("loan_events", loan_id=written_off, event_kind="write_off", occurred_at="2019-05-31 23:59")
    p.loan("7.00", disbursed_at="2019-01-15 10:00", product_id=p.product(is_promotional=True))
    day = date(2019, 9, 30)
    source = Source(p.write(tmp_path))
    loans = histories(source, day)
    assert loans.keys() == {late, covered, written_off}
    cells = {age: cell for (_, first, age), cell in vintages(loans.values(), day).items() if first == JANUARY}
    assert sorted(cells) == list(range(1, 9))
    assert {cell.amount for cell in cells.values()} == {2000}
    assert [cells[age].ever_30 for age in range(1, 9)] == [0, 1600, 1600, 1600, 1600, 1600, 1600, 1600]
    # 91 days: 12 May.
    assert [cells[age].ever_90 for age in range(1, 9)] == [0, 0, 0, 600, 600, 600, 600, 600]
    assert [cells[age].lenders_ever_30 for age in (1, 2, 8)] == [0, 1000, 1000]
    assert [amounts(cells[age], "realised", "recovered") for age in (3, 4, 6, 7, 8)] == [(0, 0), (200, 0), (200, 0), (800, 0), (700, 100)]
    assert cells[8].share("ever_30").value == Fraction(1600, 2000)
    by_grade = vintages(loans.values(), day, lambda loan: loan.row["credit_grade"])
    assert (by_grade["A", JANUARY, 8].realised, by_grade["B", JANUARY, 8].realised) == (700, 0)
    # Who bears it: the guarantor 600 − 100, the lenders the 200 that were written off.
    assert loans[covered].borne_by(day) == {"guarantor": Decimal("500.00")}
    assert loans[written_off].borne_by(day) == {"lenders": Decimal("200.00")}
    # The incomplete month is not a cell.
    assert max(age for _, _, age in vintages(loans.values(), date(2019, 9, 29))) == 7


def test_more_than_30_90_and_180_days(tmp_path: Path) -> None:
    p = Platform()
    number = p.loan("100.00", disbursed_at="2019-01-10 10:00")
    p.plan(number, [("2019-02-10", "100.00", "1.00")])
    loan = histories(Source(p.write(tmp_path)), date(2019, 12, 31))[number]
    # 10 February + 30 is 12 March, + 90 is 11 May, + 180 is 9 August.
    for days, last, next_day in ((30, date(2019, 3, 12), date(2019, 3, 13)), (90, date(2019, 5, 11), date(2019, 5, 12))):
        assert (loan.past_due(last), loan.ever(days, last), loan.ever(days, next_day)) == (days, False, True)
    assert (loan.bucket(date(2019, 3, 12)), loan.bucket(date(2019, 3, 13))) == ("1-30", "31-60")
    assert (loan.bucket(date(2019, 8, 9)), loan.bucket(date(2019, 8, 10))) == ("91-180", "lost")
    assert (loan.realised_loss(date(2019, 8, 9)), loan.realised_loss(date(2019, 8, 10))) == (0, 100)
    # A borrower who catches up is not a loss any more.
    p.repay(number, 1, "2019-08-20 10:00", "100.00", "1.00")
    loan = histories(Source(p.write(tmp_path)), date(2019, 12, 31))[number]
    assert [(loan.realised_loss(day), loan.recovery(day)) for day in (date(2019, 8, 19), date(2019, 8, 20))] == [(100, 0), (0, 100)]
    assert loan.bucket(date(2019, 8, 20)) == "repaid"


def test_a_default_within_twelve_months(tmp_path: Path) -> None:
    p = Platform()
    # 91 days past due on 10 August 2019, the same day a year after, and on the 11th, when it has had 90 days.
    for due in ("2019-05-11", "2019-05-12"):
        who = p.user()
        loan = p.loan("100.00", disbursed_at="2018-08-10 10:00", borrower_id=who)
        given = {"loan_id": loan, "credit_grade": "A", "expected_default_rate": "0.1"}
        p.add("credit_assessments", user_id=who, assessed_at="2018-08-01 10:00", **given)
        p.plan(loan, [(due, "100.00", "1.00")])
    source = Source(p.write(tmp_path))
    day = date(2019, 12, 31)
    cell = calibration(source, histories(source, day).values(), day)["grade", "A"]
    assert (cell.loans, cell.defaults) == (2, 1)


def test_roll_rates_and_their_mean(tmp_path: Path) -> None:
    p = Platform()
    one = p.loan("1000.00", disbursed_at="2019-01-10 10:00")
    p.plan(one, [("2019-02-10", "1000.00", "10.00")])
    p.repay(one, 1, "2019-03-20 10:00", "1000.00", "10.00")
    two = p.loan("500.00", disbursed_at="2019-01-10 10:00")
    p.plan(two, [("2019-02-10", "250.00", "2.00"), ("2019-03-10", "250.00", "2.00")])
    p.repay(two, 1, "2019-02-09 10:00", "250.00", "2.00")
    source = Source(p.write(tmp_path))
    day = date(2019, 3, 31)
    rates = rolls(histories(source, day).values(), day)
    february, march = date(2019, 2, 1), date(2019, 3, 1)
    # At the end of January 1,500 is current; of it 1,000 is 18 days late at February's end. Then 250 is current, and 21 days late in March.
    assert {key: (rate.numerator, rate.denominator) for key, rate in rates.items()} == {
        (february, "current", "1-30"): (1000, 1500),
        (february, "current", "current"): (500, 1500),
        (march, "1-30", "repaid"): (1000, 1000),
        (march, "current", "1-30"): (250, 250),
    }
    means = mean_rolls(rates, day)
    assert means == {("current", "1-30"): Fraction(5, 6), ("current", "current"): Fraction(1, 6), ("1-30", "repaid"): 1}
    # In the middle of April the last complete months are the same.
    assert mean_rolls(rolls(histories(source, day).values(), date(2019, 4, 29)), date(2019, 4, 29)) == means
    assert expected_loss(histories(source, day).values(), day) == {"total": (0, 0)}


def test_probability_to_end_as_loss_is_what_the_mean_rates_lead_to() -> None:
    given = {
        ("current", "1-30"): Fraction(1, 10), ("current", "current"): Fraction(9, 10), ("1-30", "31-60"): Fraction(1, 2),
        ("1-30", "61-90"): Fraction(1, 10),
        ("31-60", "61-90"): Fraction(1, 2), ("61-90", "91-180"): Fraction(1, 2), ("91-180", "91-180"): Fraction(1, 2),
        ("91-180", "lost"): Fraction(1, 4),
    }  # fmt: skip
    # Of 91-180 a quarter is lost for each quarter that is not, 1/2; half of it 1/4, half of that 1/8; 1-30: 1/2 · 1/8 + 1/10 · 1/4 = 7/80.
    # What is current reaches 1-30 sooner or later.
    assert loss_probabilities(given) == {
        "lost": 1, "repaid": 0, "91-180": Fraction(1, 2), "61-90": Fraction(1, 4), "31-60": Fraction(1, 8), "1-30": Fraction(7, 80),
        "current": Fraction(7, 80),
    }  # fmt: skip
    # A bucket that no loan ever left is not lost; an empty bucket has no probability.
    assert loss_probabilities({("current", "current"): Fraction(1)}) == {"lost": 1, "repaid": 0, "current": 0}


def test_first_payment_default(tmp_path: Path) -> None:
    p = Platform()
    for paid in ("2019-03-12 23:59", "2019-03-13 00:00", None):
        loan = p.loan("100.00", disbursed_at="2019-01-10 10:00")
        p.plan(loan, [("2019-02-10", "50.00", "1.00"), ("2019-03-10", "50.00", "1.00")])
        if paid:
            p.repay(loan, 1, paid, "50.00", "1.00")
        else:
            p.plan(loan, [("2019-04-10", "50.00", "1.00"), ("2019-05-10", "50.00", "1.00")], 2, "2019-02-01 10:00")
    source = Source(p.write(tmp_path))
    # 10 February + 30 days is 12 March: one paid that day, one a minute after it. The third was given until 10 April: 10 May.
    for day, expected in ((date(2019, 3, 11), None), (date(2019, 3, 12), (1, 2)), (date(2019, 5, 9), (1, 2)), (date(2019, 5, 10), (2, 3))):
        found = first_payment_defaults(histories(source, day).values(), day)
        rate = found.get(JANUARY)
        assert (rate and (rate.numerator, rate.denominator)) == expected


def test_calibration_with_its_interval(tmp_path: Path) -> None:
    p = Platform()
    # Due 10 September 2018: 91 days past due on 10 December, within a year. The other has paid. The third is not a year old.
    for disbursed, paid, rate in (
        ("2018-08-10 10:00", False, "0.1"),
        ("2018-08-10 10:00", True, "0.3"),
        ("2019-09-01 10:00", False, "0.9"),
    ):
        who = p.user()
        p.add("credit_assessments", user_id=who, credit_grade="C", expected_default_rate="0.5", assessed_at="2018-01-02 10:00")
        loan = p.loan("100.00", disbursed_at=disbursed, borrower_id=who, credit_grade="B")
        p.add("credit_assessments", user_id=who, loan_id=loan, credit_grade="B", expected_default_rate=rate, assessed_at="2018-08-01 10:00")
        p.add(
            "credit_assessments", user_id=who, loan_id=loan, credit_grade="E", expected_default_rate="0.8", assessed_at="2019-11-01 10:00"
        )
        p.plan(loan, [(f"{disbursed[:5]}{int(disbursed[5:7]) + 1:02}-10", "100.00", "1.00")])
        if paid:
            p.repay(loan, 1, "2018-09-10 10:00", "100.00", "1.00")
    source = Source(p.write(tmp_path))
    day = date(2019, 12, 31)
    found = calibration(source, histories(source, day).values(), day)
    assert found.keys() == {("total", "all"), ("grade", "B"), ("assessment", "010 %"), ("assessment", "030 %")}
    cell = found["grade", "B"]
    assert (cell.loans, cell.expected, cell.defaults) == (2, Fraction(4, 10), 1)
    # z² = 3.841459: (0.5 + z²/4 ± z · √(0.125 + z²/16)) ÷ (1 + z²/2) = 0.5 ± 1.184266 ÷ 2.920729.
    assert cell.low is not None and cell.high is not None
    assert (round(cell.low, 4), round(cell.high, 4)) == (Decimal("0.0945"), Decimal("0.9055"))
    assert calibration(source, histories(source, day).values(), date(2019, 8, 9)) == {}, "twelve months are over on 10 August"
    assert wilson(0, 0) is None
    low, high = wilson(0, 10) or (None, None)
    # None of ten: zero to z² ÷ (10 + z²) = 3.841459 ÷ 13.841459.
    assert low is not None and high is not None and abs(low) < Decimal("1e-25") and round(high, 6) == Decimal("0.277533")


def test_concentration(tmp_path: Path) -> None:
    assert herfindahl([500, 300, 200]) == 3800
    assert gini([4, 2, 1, 3]) == Fraction(1, 4)
    assert (herfindahl([]), gini([]), gini([5])) == (None, None, 0)
    p = Platform()
    anna, ben = p.users(2)
    big = p.user()
    for amount, borrower in (("300.00", big), ("200.00", big), ("300.00", p.user()), ("200.00", p.user())):
        p.loan(amount, lenders={anna: str(Decimal(amount) * 3 / 4), ben: str(Decimal(amount) / 4)}, borrower_id=borrower)
    source = Source(p.write(tmp_path))
    day = date(2019, 1, 31)
    found = concentration(histories(source, day).values(), day)
    assert (found.borrowers, found.borrowers_hhi, found.lenders) == (3, 3800, 2)
    # 750 and 250: 2 · (1 · 250 + 2 · 750) ÷ (2 · 1000) − 3/2.
    assert found.lenders_gini == Fraction(1, 4)
    assert found.ten_largest_lenders.value == 1


def test_institutions_that_pay_late(tmp_path: Path) -> None:
    p = Platform()
    swift, slow = (
        p.add("institutions", name=name, guarantee_limit=limit)["institution_id"] for name, limit in (("A", "1000.00"), ("B", None))
    )
    for institution, paid in ((swift, "2019-02-12 10:00"), (slow, None)):
        loan = p.loan("400.00", disbursed_at="2019-01-10 10:00", institution_id=institution)
        p.plan(loan, [("2019-02-10", "200.00", "4.00"), ("2019-03-10", "200.00", "2.00")])
        if paid:
            p.repay(loan, 1, paid, "200.00", "4.00", by="guarantor")
            p.repay(loan, 1, "2019-02-20 10:00", "50.00", to="guarantor")
    source = Source(p.write(tmp_path))
    found = institutions(source, histories(source, date(2019, 2, 28)), date(2019, 2, 28))
    one, other = found[swift], found[slow]
    assert (one.outstanding, one.overdue, one.compensated, one.recovered, one.paid_days) == (200, 0, 204, 50, (2,))
    assert one.limit_used is not None and one.limit_used.value == Fraction(1, 5)
    assert (other.outstanding, other.overdue, other.compensated, other.limit_used, other.paid_days) == (400, 204, 0, None, ())


def test_promises_and_what_was_collected(tmp_path: Path) -> None:
    p = Platform()
    action: dict[str, int] = {}
    for name, paid in (("kept", "2019-02-27 23:59"), ("a day late", "2019-02-28 00:00"), ("extended", None), ("early", "2019-02-10 10:00")):
        loan = p.loan("100.00", disbursed_at="2019-01-10 10:00")
        p.plan(loan, [("2019-02-10", "50.00", "1.00"), ("2019-03-10", "50.00", "1.00")])
        action[name] = p.add("collection_actions", loan_id=loan, action_kind="phone", outcome="promised", acted_at="2019-02-20 10:00")[
            "action_id"
        ]
        if paid:
            p.repay(loan, 1, paid, "50.00", "1.00", penalty="0.50")
        else:
            p.plan(loan, [("2019-04-10", "50.00", "1.00"), ("2019-05-10", "50.00", "1.00")], 2, "2019-02-21 10:00")
        if name == "a day late":
            p.add("collection_actions", loan_id=loan, action_kind="visit", acted_at="2019-03-01 10:00")
            p.repay(loan, 2, "2019-03-15 23:59", "30.00", "1.00")  # the 14th day after it
            p.repay(loan, 2, "2019-03-16 00:00", "20.00")
    source = Source(p.write(tmp_path))
    told = promises(source, histories(source, date(2019, 2, 27)), date(2019, 2, 27))
    assert {name: told[n] for name, n in action.items()} == {
        "kept": "kept", "a day late": "broken", "extended": "broken", "early": "nothing overdue",
    }  # fmt: skip
    day = date(2019, 2, 26)
    assert set(promises(source, histories(source, day), day).values()) == {"open", "nothing overdue"}
    day = date(2019, 3, 31)
    kept = promises_kept(source, histories(source, day), day)
    assert {kind: (rate.numerator, rate.denominator) for kind, rate in kept.items()} == {"phone": (1, 3), "total": (1, 3)}
    # 51.00 twice after the calls, 31.00 after the visit; 20.00 a day too late, and 51.00 before anybody acted. No penalty.
    assert collected(source, histories(source, day), day) == {"phone": 102, "visit": 31, "none": 71}
    # Where the day that was named is kept, it counts instead of the seventh; what was taken back was not collected.
    p.add("payment_promises", action_id=action["a day late"], promised_on="2019-02-28")
    last = max(p.rows("repayments"), key=lambda row: row["repayment_id"])
    p.reverse(last["repayment_id"], "2019-03-20 10:00")
    source = Source(p.write(tmp_path))
    assert promises(source, histories(source, day), day)[action["a day late"]] == "kept"
    assert collected(source, histories(source, day), day)["none"] == 20


def test_what_a_guarantor_took_without_having_paid_is_no_loss(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("100.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "100.00", "1.00")])
    p.repay(loan, 1, "2019-02-20 10:00", "8.00", to="guarantor")
    day = date(2019, 12, 31)
    found = histories(Source(p.write(tmp_path)), day)[loan]
    assert (found.outstanding(day), found.realised_loss(day)) == (100, 92)
    assert found.borne_by(day) == {"lenders": Decimal("92.00")}

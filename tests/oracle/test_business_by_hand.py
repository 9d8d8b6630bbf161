"""Contributions and cash whose numbers were worked out by hand, in the words of the specification. No warehouse is asked here."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.oracle.business_cash import Due, cash_due, likely_cash
from tests.oracle.business_changes import amount_effects, overdue_parts, rate_effects, shown
from tests.oracle.business_deeds import Deeds
from tests.oracle.business_segments import segments
from tests.oracle.exact import largest_remainder
from tests.oracle.risk_histories import histories
from tests.oracle.source import Source
from tests.support.platform import Platform


def test_rate_and_mix_effects() -> None:
    # 10 of 100 and 0 of 100: 5 %. Then 30 of 150 and 0 of 50: 15 %.
    found = rate_effects({"A": (10, 100), "B": (0, 100)}, {"A": (30, 150), "B": (0, 50)})
    assert found is not None
    # A: (0.2 − 0.1) · (0.5 + 0.75) ÷ 2 and (0.75 − 0.5) · (0.15 − 0.1). B: nothing and (0.25 − 0.5) · (0 − 0.1).
    assert (found["A"].rate, found["A"].mix) == (Fraction(1, 16), Fraction(1, 80))
    assert (found["B"].rate, found["B"].mix) == (0, Fraction(1, 40))
    assert shown(found, 2) == {
        ("A", "rate"): Decimal("0.06"),
        ("A", "mix"): Decimal("0.01"),
        ("B", "rate"): 0,
        ("B", "mix"): Decimal("0.03"),
    }


def test_a_segment_of_one_day_alone_has_no_rate_effect() -> None:
    found = rate_effects({"A": (10, 100)}, {"A": (10, 100), "new": (30, 100)})
    assert found is not None
    # 10 % before, 20 % after. New: its own rate on both days; (0.5 − 0) · (0.3 − 0.15). A: (0.5 − 1) · (0.1 − 0.15).
    assert (found["new"].rate, found["new"].mix) == (0, Fraction(3, 40))
    assert (found["A"].rate, found["A"].mix) == (0, Fraction(1, 40))
    assert rate_effects({}, {"A": (1, 2)}) is None
    with pytest.raises(ValueError, match="no denominator"):
        rate_effects({"A": (1, 0), "B": (1, 2)}, {"A": (1, 1)})


PARTS = st.dictionaries(st.sampled_from("ABCDE"), st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1)


@given(PARTS, PARTS)
def test_effects_add_up_to_the_change_exactly_and_as_shown(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> None:
    found = rate_effects(before, after)
    assert found
    change = Fraction(sum(n for n, _ in after.values()), sum(d for _, d in after.values())) - Fraction(
        sum(n for n, _ in before.values()), sum(d for _, d in before.values())
    )
    assert sum(effect.rate + effect.mix for effect in found.values()) == change
    told = shown(found, 6)
    assert abs(Fraction(sum(told.values())) - change) <= Fraction(1, 2 * 10**6)


def test_largest_remainder() -> None:
    third = Fraction(1, 3)
    assert largest_remainder({"a": third, "b": third, "c": third}, 2) == {"a": Decimal("0.34"), "b": Decimal("0.33"), "c": Decimal("0.33")}
    assert largest_remainder({"a": -third, "b": -third}, 2) == {"a": Decimal("-0.33"), "b": Decimal("-0.34")}
    # −0.125 is −0.13, half away from zero: one less than the floors add up to.
    assert largest_remainder({"a": Fraction(-1, 8)}, 2) == {"a": Decimal("-0.13")}
    assert largest_remainder({"a": Fraction(1, 8)}, 2) == {"a": Decimal("0.13")}


def test_overdue_by_segment_and_amounts(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("100.00", disbursed_at="2019-01-10 10:00")
    p.plan(loan, [("2019-02-10", "60.00", "1.00"), ("2019-03-10", "40.00", "2.00")])
    p.loan("9.00", disbursed_at="2019-01-10 10:00", product_id=p.product(is_promotional=True))
    source = Source(p.write(tmp_path))
    assert overdue_parts(source.book, date(2019, 2, 11), lambda _: "all") == {"all": (61, 103)}
    assert amount_effects({"A": 5, "B": 7}, {"A": 8}) == {"A": 3, "B": -7}


def test_cash_due_and_what_is_likely_to_come(tmp_path: Path) -> None:
    p = Platform()
    loan = p.loan("400.00", disbursed_at="2019-02-20 10:00")
    p.plan(loan, [(f"2019-{month:02}-10", "100.00", "4.00") for month in (3, 4, 5, 6)])
    p.repay(loan, 1, "2019-03-10 10:00", "100.00", "4.00")
    p.repay(loan, 2, "2019-04-12 10:00", "100.00", "4.00")
    p.repay(loan, 3, "2019-04-20 10:00", "30.00", "4.00")  # in advance: 70.00 of principal is left
    late = p.loan("50.00", disbursed_at="2019-03-20 10:00")
    p.plan(late, [("2019-04-20", "50.00", "1.00")])
    source = Source(p.write(tmp_path))
    day = date(2019, 4, 30)
    loans = histories(source, day)
    assert cash_due(loans.values(), day) == {
        (date(2019, 5, 10), "current"): Due(Decimal("70.00"), Decimal("0.00")),
        (date(2019, 6, 10), "current"): Due(Decimal("100.00"), Decimal("4.00")),
        (None, "1-30"): Due(Decimal("50.00"), Decimal("1.00")),
    }
    found = likely_cash(loans.values(), day)
    assert (9, "current") not in found and (10, "1-30") not in found
    # On their due days 104.00 of 10 March had come, nothing of 10 April (104.00) or 20 April (51.00).
    ten = found[10, "current"]
    assert (ten.due, ten.likely, ten.low, ten.high) == (70, 70 * Fraction(104, 259), 0, 70)
    # Two days later both of the first loan.
    assert found[12, "current"].likely == 70 * Fraction(208, 259)
    # Lag 10 is the last that 20 April has reached; from 11 on only the first loan's are left. On 10 June itself: lag 31 and lag 0.
    assert (found[20, "current"].likely, found[21, "current"].likely) == (70 * Fraction(208, 259), 70)
    assert (found[41, "current"].due, found[41, "current"].likely) == (174, 70 + 104 * Fraction(104, 259))
    # No instalment is older than 51 days: what had come by then has come by lag 80 too.
    assert (found[90, "current"].due, found[90, "current"].likely) == (174, 174)
    # Where no instalment fell due in the bucket before, nothing is likely.
    assert likely_cash([loans[late]], date(2019, 4, 19), [30])[30, "current"].likely == 0


def test_people_count_in_each_segment_in_which_they_did_something(tmp_path: Path) -> None:
    p = Platform()
    lender, borrower = p.user(province_code="31"), p.user()
    first, second = p.product(operating_mode="c2c"), p.product(operating_mode="c2c")
    for number, (product, grade, month) in enumerate(((first, "A", 1), (first, "B", 1), (second, "B", 3)), start=1):
        times = {"disbursed_at": f"2019-0{month}-1{number} 10:00"}
        p.loan("100", lenders={lender: "100"}, loan_id=number, product_id=product, credit_grade=grade, borrower_id=borrower, **times)
    p.repay(2, 1, "2019-01-31 10:00", "100")
    p.add("loan_applications", borrower_id=borrower, product_id=second, applied_at="2019-03-05 10:00")
    deeds = Deeds(source := Source(p.write(tmp_path)), segments(source, {}), {}, date(2019, 3, 31))

    def people(day: date, kind: str) -> dict[tuple[str, Hashable], int]:
        return {(code, segment): count for (code, of, segment), count in deeds.people(day).items() if of == kind}

    # The lender's first investment was in the loan of grade A of 11 January, the next in grade B on the 12th; both have one borrower.
    january = {"OP-D02": ("A",), "OP-D03": ("A", "B"), "OP-D04": ("A",), "OP-D05": ("A",), "OP-G01": ("A",), "OP-G03": ("A", "B")}
    january |= dict.fromkeys(("OP-G05", "OP-G06", "OP-G07"), ("B",))
    assert people(date(2019, 1, 31), "grade") == {(code, grade): 1 for code, grades in january.items() for grade in grades}
    assert people(date(2019, 1, 31), "total") == {(code, "all"): 1 for code in january}
    assert people(date(2019, 1, 31), "province")["OP-G03", "31"] == 1
    # Both return after no activity in February: the borrower by an application, which has no grade.
    march = {"OP-D03": ("B",), "OP-G03": ("B",), "OP-G04": ("B",), "OP-D05": ("A", "B"), "OP-G07": (None,), "OP-G08": (None,)}
    assert people(date(2019, 3, 31), "grade") == {(code, grade): 1 for code, grades in march.items() for grade in grades}
    assert people(date(2019, 3, 31), "product")["OP-G08", second] == 1
    assert people(date(2019, 3, 31), "mode")["OP-D05", "c2c"] == 1

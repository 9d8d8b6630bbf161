"""Balances of loans with equal instalments, as shares of the amount, computed exactly once for each rate and term."""

from __future__ import annotations

from functools import cache

from simulator.frame import Frame

# Shares are whole numbers of this; with amounts up to 2 million the products stay within 64 bits.
SCALE = 10_000_000_000
# What products with equal instalments may cost; a wider range would only take longer to compute.
RATES_PER_MILLE = range(75, 141)
TERMS = (3, 6, 12, 18, 24, 36)


def _nearest(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


@cache
def annuity_table() -> Frame:
    """One row per instalment: the share still owed before and after it, and the share that each payment is."""
    rows: list[dict[str, int]] = []
    for rate in RATES_PER_MILLE:
        for term in TERMS:
            # After n of N payments (q^N - q^n) / (q^N - 1) is left, q = 1 + rate / 12.
            powers = [(12_000 + rate) ** n * 12_000 ** (term - n) for n in range(term + 1)]
            whole = powers[term] - powers[0]
            shares = [_nearest(SCALE * (powers[term] - power), whole) for power in powers]
            payment = _nearest(SCALE * rate * powers[term], 12_000 * whole)
            rows.extend(
                {
                    "rate": rate,
                    "term_months": term,
                    "n": n,
                    "share_before": shares[n - 1],
                    "share_after": shares[n],
                    "payment_share": payment,
                }
                for n in range(1, term + 1)
            )
    names = ("rate", "term_months", "n", "share_before", "share_after", "payment_share")
    return Frame(dict.fromkeys(names, "BIGINT"), rows)

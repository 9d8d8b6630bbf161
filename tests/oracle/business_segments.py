"""The segments of loan figures, each as the value that a loan has in it.

Belongs here: looking up a value. Does not: sums by segment.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

from tests.oracle.records import Row
from tests.oracle.source import Source

Segments = dict[str, Callable[[int], Hashable]]


def segments(source: Source, channels: Mapping[int, Hashable]) -> Segments:
    """Name of a segment → function of a loan's id. `channels` by user; None is a value that the platform did not supply."""
    products = source.products

    def listing(column: str) -> Callable[[int], Hashable]:
        return lambda loan_id: source.listings[loan_id][column]

    def product(column: str) -> Callable[[int], Hashable]:
        return lambda loan_id: products.get(source.listings[loan_id]["product_id"], {}).get(column)

    def borrower(column: str) -> Callable[[int], Hashable]:
        none: Row = {}
        return lambda loan_id: source.users.get(source.listings[loan_id]["borrower_id"], none).get(column)

    return {
        "product": listing("product_id"),
        "mode": product("operating_mode"),
        "security": product("security_kind"),
        "method": product("repayment_method"),
        "grade": listing("credit_grade"),
        "province": borrower("province_code"),
        "industry": borrower("industry_code"),
        "branch": listing("branch_id"),
        "institution": listing("institution_id"),
        "channel": lambda loan_id: channels.get(source.listings[loan_id]["borrower_id"], "none"),
    }

"""Claims that are sold for what is shown of them: rounded to the cent, and so up to half a cent more or less than the seller has."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest

from glassbook.snapshots import Snapshot, connect
from ingestion.loading.load import ingest
from tests.oracle import comparing
from tests.oracle.figures import half_up
from tests.oracle.ledger import HALF_A_CENT, Book, read_book
from tests.support import homes
from tests.support.platform import Platform
from warehouse.build import run_build

LOADED = datetime(2021, 7, 1, 2, tzinfo=UTC)
DAY = date(2019, 12, 31)
FIRST_SALE = datetime(2019, 2, 1, 2, tzinfo=UTC)
LOANS = 40


class Traded:
    """Loans whose lenders sell to each other what is shown of their claim, or a third of it, between repayments of a part.

    `refused` are the sales of a cent more than is shown, after which nothing more happens to the loan.
    """

    def __init__(self, seed: int) -> None:
        self.p, self.random = Platform(), Random(seed)
        self.people = self.p.users(6)
        self.refused: set[int] = set()
        for _ in range(LOANS):
            self.loan()

    def loan(self) -> None:
        random, p = self.random, self.p
        parts = [random.randint(1, 50_000) for _ in range(3)]
        amount = sum(parts)
        lenders = dict(zip(self.people, (str(half_up(Fraction(part, 100), 2)) for part in parts), strict=False))
        loan = p.loan(str(half_up(Fraction(amount, 100), 2)), lenders=lenders, disbursed_at="2019-01-10 10:00")
        held = {who: Fraction(part, amount) for who, part in zip(self.people, parts, strict=False)}
        left, at = amount, FIRST_SALE
        for _ in range(random.randint(3, 12)):
            at += timedelta(hours=random.choice([1, 30]))
            if random.random() < 0.3 and left > 10:
                back = random.randint(1, left // 2)
                p.repay(loan, 1, at, str(half_up(Fraction(back, 100), 2)))
                left -= back
            # Several at one instant: what a buyer has from the first can be sold by the second.
            elif not all(self.sell(loan, held, Fraction(left, 100), at, n) for n in range(random.choice([1, 1, 2, 3]))):
                return

    def sell(self, loan: int, held: dict[int, Fraction], left: Fraction, at: datetime, earlier: int) -> bool:
        """A sale of a claim; False when it is of more than there is. Only the first at an instant can be, because all are named for one."""
        seller = self.random.choice([who for who, share in held.items() if share > 0])
        buyer = self.random.choice([who for who in self.people if who != seller])
        has = held[seller] * left
        shown = Fraction(half_up(has, 2))
        wanted = self.random.choice([shown, shown, shown, Fraction(half_up(has / 3, 2)), shown + Fraction(1, 100)])
        if wanted <= 0 or (earlier and wanted > shown):
            return True
        transfer = self.p.transfer(loan, seller, buyer, str(half_up(wanted, 2)), at)
        if wanted - has > HALF_A_CENT:
            self.refused.add(transfer)
            return False
        moved = min(wanted / left, held[seller])
        held[seller] -= moved
        held[buyer] = held.get(buyer, Fraction(0)) + moved
        return True


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Traded, Snapshot, Book]:
    folder = tmp_path_factory.mktemp("traded")
    trades, home = Traded(11), homes.home(folder / "home")
    source = trades.p.write(folder / "source")
    ingest(homes.at(home, LOADED), source)
    return trades, run_build(home), read_book(source)


def test_only_a_sale_of_more_than_half_a_cent_too_much_is_found(traded: tuple[Traded, Snapshot, Book]) -> None:
    trades, snapshot, _ = traded
    with connect(snapshot.database) as connection:
        found = connection.execute("select entity from chk_findings where check_code = 'CN-E28'").fetchall()
    assert len(trades.refused) > 5 and len(trades.p.rows("claim_transfers")) > 100
    assert {entity for (entity,) in found} == {f"transfer {transfer}" for transfer in trades.refused}


@pytest.mark.parametrize("day", [date(2019, 2, 1), date(2019, 2, 4), date(2019, 2, 9), DAY], ids=str)
def test_positions_are_those_of_the_independent_calculation(traded: tuple[Traded, Snapshot, Book], day: date) -> None:
    _, snapshot, book = traded
    assert comparing.different_positions(snapshot, book, day) == {}
    assert comparing.different_receipts(snapshot, book, date(2019, 1, 1), day) == {}


def test_nobody_is_left_with_less_than_nothing(traded: tuple[Traded, Snapshot, Book]) -> None:
    """In loans without a refused sale; and shares add up to the whole loan."""
    trades, snapshot, _ = traded
    query = """
        select loan_id, min(share), sum(share) from ldg_claim_shares
        where valid_to = date '9999-12-31' group by loan_id
    """
    refused = {row["loan_id"] for row in trades.p.rows("claim_transfers") if row["transfer_id"] in trades.refused}
    with connect(snapshot.database) as connection:
        rows = [row for row in connection.execute(query).fetchall() if row[0] not in refused]
    assert len(rows) > 10
    assert all(least > -1000 and abs(whole - 10**24) < 1000 for _, least, whole in rows)

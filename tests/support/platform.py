"""A hand-made platform: a few loans with exactly the events that a test is about, written as the contract requires.

Belongs here: defaults that a test need not write. Does not: anything computed from the rows.
Times are given as text in the platform's zone ("2019-03-31 23:59") or as aware datetimes, and are kept as naive UTC.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.contract import Column, load_contract

ARROW_TYPES = {
    "id": pa.int64(),
    "text": pa.string(),
    "money": pa.decimal128(18, 2),
    "rate": pa.decimal128(9, 6),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
    "bool": pa.bool_(),
}
# Defaults when neither the test nor the contract's lists give a value.
PLAIN_DEFAULTS: dict[str, Any] = {"id": 1, "text": "x", "money": "0", "rate": "0", "bool": False}
FIRST_INSTANT = "2018-01-01 09:00"
DEFAULTS: dict[str, dict[str, Any]] = {
    "loans": {"term_months": 12, "credit_grade": "A", "annual_rate": "0.12", "status": "listed"},
    "users": {"legal_name": "王小明", "status": "active"},
}

Time = str | datetime
Money = str | int | Decimal
Row = dict[str, Any]


class Platform:
    """Rows of every contract table. Methods that make something return its id."""

    def __init__(self, timezone: str = "Asia/Shanghai") -> None:
        self.zone = ZoneInfo(timezone)
        self._tables = load_contract().tables
        self._rows: dict[str, list[Row]] = {name: [] for name in self._tables}
        self._next_id: dict[str, int] = dict.fromkeys(self._tables, 1)
        self._common_product: int | None = None

    # ── any table ──────────────────────────────────────────────────────────────────────────────

    def add(self, table: str, **values: Any) -> Row:
        """Adds one row, filling what is not given; returns it.

        A single id key counts up, lists take their first value, `created_at` or `updated_at` is the first instant of the row.
        Raises KeyError for a column that the contract does not have.
        """
        declared = self._tables[table]
        unknown = values.keys() - set(declared.column_names)
        if unknown:
            raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
        given = DEFAULTS.get(table, {}) | values
        row: Row = {}
        event: datetime | None = None
        for column in declared.columns:
            if column.name in given:
                row[column.name] = self._typed(column, given[column.name])
            elif declared.key == (column.name,) and column.type == "id":
                row[column.name] = self._next_id[table]
            elif column.nullable:
                row[column.name] = None
            elif column.name == declared.cursor:
                row[column.name] = event or self.instant(FIRST_INSTANT)
            else:
                row[column.name] = self._typed(column, self._default(column))
            if event is None and column.type == "time" and column.name in given:
                event = row[column.name]
        if len(declared.key) == 1 and isinstance(row[declared.key[0]], int):
            self._next_id[table] = max(self._next_id[table], row[declared.key[0]] + 1)
        self._rows[table].append(row)
        return row

    def change(self, table: str, key: int, at: Time, **values: Any) -> Row:
        """Adds a newer version of a mutable row, known at `at`."""
        (name,) = self._tables[table].key
        newest = [row for row in self._rows[table] if row[name] == key][-1]
        return self.add(table, **(newest | values | {"updated_at": at}))

    def delete(self, table: str, key: int, at: Time) -> Row:
        """Adds the version of a mutable row that says it is deleted."""
        return self.change(table, key, at, deleted_at=at)

    def tables(self) -> list[str]:
        """Names of all tables, empty ones too."""
        return list(self._tables)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table in the order in which they were added."""
        return self._rows[table]

    def copy(self) -> Platform:
        """A copy of the platform that can develop differently."""
        other = copy.copy(self)
        other._rows = {name: [dict(row) for row in rows] for name, rows in self._rows.items()}
        other._next_id = dict(self._next_id)
        return other

    def write(self, folder: Path, without: Iterable[str] = ()) -> Path:
        """Writes one Parquet file per table, also for empty ones, except the tables named in `without`; returns the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in self._tables.items():
            if name in without:
                continue
            schema = pa.schema([(column.name, ARROW_TYPES[column.type]) for column in table.columns])
            pq.write_table(pa.Table.from_pylist(self._rows[name], schema=schema), folder / f"{name}.parquet")
        return folder

    # ── time ───────────────────────────────────────────────────────────────────────────────────

    def instant(self, time: Time) -> datetime:
        """`time` as naive UTC. Raises ValueError for a naive datetime, which could mean anything."""
        if isinstance(time, str):
            return datetime.fromisoformat(time).replace(tzinfo=self.zone).astimezone(UTC).replace(tzinfo=None)
        if time.tzinfo is None:
            raise ValueError(f"{time!r} has no zone; give text in the platform's zone or an aware datetime")
        return time.astimezone(UTC).replace(tzinfo=None)

    def business_date(self, instant: datetime) -> date:
        """The calendar day of a naive UTC instant in the platform's zone."""
        return instant.replace(tzinfo=UTC).astimezone(self.zone).date()

    def _typed(self, column: Column, value: Any) -> Any:
        if value is None:
            return None
        if column.type == "time":
            # A naive datetime comes from a row of this platform and is UTC already.
            return value if isinstance(value, datetime) and value.tzinfo is None else self.instant(value)
        if column.type == "date":
            return value if isinstance(value, date) else date.fromisoformat(value)
        if column.type in ("money", "rate"):
            if isinstance(value, float):
                raise TypeError(f"{column.name} is money or a rate: give text, not the float {value}")
            return Decimal(value).quantize(Decimal("0.01") if column.type == "money" else Decimal("0.000001"))
        return value

    def _default(self, column: Column) -> Any:
        if column.values is not None:
            return column.values[0]
        if column.type == "time":
            return FIRST_INSTANT
        if column.type == "date":
            return "2018-01-01"
        return PLAIN_DEFAULTS[column.type]

    # ── people and lending ─────────────────────────────────────────────────────────────────────

    def user(self, **values: Any) -> int:
        """A user; lender or borrower makes no difference."""
        return self.add("users", **values)["user_id"]

    def users(self, count: int) -> list[int]:
        """Several users at once."""
        return [self.user() for _ in range(count)]

    def product(self, **values: Any) -> int:
        """A loan product, not promotional unless said so."""
        return self.add("products", **values)["product_id"]

    def listing(self, amount: Money, **values: Any) -> int:
        """A listing without investments or plan; makes borrower and product if none is given."""
        if "product_id" not in values:
            self._common_product = self._common_product or self.product()
            values["product_id"] = self._common_product
        if "borrower_id" not in values:
            values["borrower_id"] = self.user()
        return self.add("loans", amount=amount, **values)["loan_id"]

    def loan(
        self,
        amount: Money,
        rate: Money = "0.12",
        lenders: Mapping[int, Money] | None = None,
        disbursed_at: Time = "2019-01-10 10:00",
        **values: Any,
    ) -> int:
        """A disbursed loan with its investments (by default one new lender of the whole amount); `plan` adds its plan.

        By default it was listed a day before it was disbursed, and fully funded an hour before.
        """
        disbursed = self.instant(disbursed_at)
        funded = values.pop("fully_funded_at", disbursed - timedelta(hours=1))
        values = {"listed_at": disbursed - timedelta(days=1), "status": "repaying", "updated_at": disbursed} | values
        loan = self.listing(amount, annual_rate=rate, disbursed_at=disbursed, fully_funded_at=funded, **values)
        for lender, part in ({self.user(): amount} if lenders is None else lenders).items():
            self.invest(loan, lender, part, funded or disbursed)
        return loan

    def settle(self, loan: int, at: Any) -> None:
        """The platform says that a loan is settled, from an instant on."""
        row = next(row for row in self._rows["loans"] if row["loan_id"] == loan)
        row |= {"status": "settled", "closed_at": self.instant(at), "updated_at": self.instant(at)}

    def invest(self, loan: int, lender: int, amount: Money, at: Any) -> int:
        """What one lender puts into a listing."""
        return self.add("investments", loan_id=loan, lender_id=lender, amount=amount, invested_at=at)["investment_id"]

    def plan(
        self,
        loan: int,
        rows: Sequence[tuple[str | date, Money, Money]],
        version: int = 1,
        created_at: Any = None,
        first_no: int = 1,
    ) -> None:
        """A plan of (due day, principal, interest) instalments numbered from `first_no`; known at disbursement by default."""
        if created_at is None:
            created_at = next(row["disbursed_at"] or row["listed_at"] for row in self._rows["loans"] if row["loan_id"] == loan)
        for number, (due_on, principal, interest) in enumerate(rows, start=first_no):
            self.add(
                "instalments",
                loan_id=loan,
                plan_version=version,
                instalment_no=number,
                due_on=due_on,
                principal_due=principal,
                interest_due=interest,
                created_at=created_at,
            )

    def repay(
        self,
        loan: int,
        no: int,
        at: Any,
        principal: Money = 0,
        interest: Money = 0,
        *,
        by: str = "borrower",
        to: str = "lenders",
        **values: Any,
    ) -> int:
        """Money applied to instalment `no`; `by` and `to` are payer and payee kinds."""
        money = {"principal": principal, "interest": interest}
        return self.add("repayments", loan_id=loan, instalment_no=no, paid_at=at, payer_kind=by, payee_kind=to, **money, **values)[
            "repayment_id"
        ]

    def reverse(self, repayment: int, at: Any, **values: Any) -> int:
        """Takes a repayment back: the same row with negative amounts."""
        row = next(row for row in self._rows["repayments"] if row["repayment_id"] == repayment)
        amounts = {name: -row[name] for name in ("principal", "interest", "penalty", "fee")}
        kept = {name: row[name] for name in ("loan_id", "instalment_no", "payer_kind", "payee_kind")}
        return self.add("repayments", **kept, **amounts, paid_at=at, reverses_repayment_id=repayment, **values)["repayment_id"]

    def transfer(self, loan: int, seller: int, buyer: int, principal: Money, at: Any, **values: Any) -> int:
        """A claim, or part of one, changes hands at par unless a price is given."""
        given = {"price": principal} | values
        parties = {"loan_id": loan, "seller_id": seller, "buyer_id": buyer}
        return self.add("claim_transfers", **parties, principal=principal, transferred_at=at, **given)["transfer_id"]

    def fee(self, amount: Money, at: Any, kind: str = "borrower_service", **values: Any) -> int:
        """A fee charged to a user (a new one when none is given)."""
        if "user_id" not in values:
            values["user_id"] = self.user()
        return self.add("fees", amount=amount, charged_at=at, fee_kind=kind, **values)["fee_id"]

    def complaint(self, received_at: Any, resolved_at: Any = None, **values: Any) -> int:
        """A complaint, open unless it says when it was resolved."""
        return self.add("complaints", received_at=received_at, resolved_at=resolved_at, **values)["complaint_id"]

"""The mapping of a platform's own schema to the contract, read from a YAML file and checked before anything is loaded.

Belongs here: the shape of the file and what is wrong with one. Does not: how a rule becomes SQL (`conversion`, `sources.database`), nor
drafting a mapping or saying what it covers (`ingestion.map`).
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from glassbook.errors import InputError
from glassbook.yaml_as_written import NotAsWritten, load_as_written
from glassbook.yaml_limits import read_within_limits
from ingestion.contract import load_contract
from ingestion.mapping.constants import as_text, unlike, wrong_format

Unit = Literal["cents", "percent", "permille", "basis_points", "days"]
"""How a source's number is turned into the contract's: cents ÷ 100, percent ÷ 100, permille ÷ 1,000, basis points ÷ 10,000; days become
months of 30 days, begun ones counted whole."""


class ColumnMapping(BaseModel):
    """Where one contract column comes from: exactly one of `from`, `sql`, `constant` and `stand_in`; the rest says what its values mean."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    source: str | None = Field(None, alias="from", description="Column of the table or query.")
    sql: str | None = Field(None, description="Expression in the source's own SQL.")
    constant: str | int | bool | None = Field(None, description="The same value in every row.")
    stand_in: str | int | bool | None = Field(
        None,
        description="The same value in every row of a column that the contract wants and the source does not know. The column counts as "
        "not supplied, and so do the figures that need it.",
    )
    unit: Unit | None = Field(None, description="Unit of a number that the contract has in another.")
    values: dict[str, str | bool | int] | None = Field(
        None,
        description="Translation of codes: what the source has → what the contract calls it. A code that is not listed stays as it is.",
    )
    format: str | None = Field(None, description="strptime format of a date or instant kept as text or number, for instance %y%m%d.")
    timezone: str | None = Field(None, description="IANA zone of an instant without a zone; the mapping's unless given.")
    if_null: str | int | bool | None = Field(None, description="Value where the source has none.")
    zero_dates: Literal["refuse", "null"] = Field("refuse", description="What the day 0000-00-00 of MySQL means.")

    @field_validator("values", mode="before")
    @classmethod
    def _codes_as_text(cls, value: Any) -> Any:
        """YAML reads 1 as a number and No as false; a code is what the source has, as text."""
        if not isinstance(value, dict):
            return value
        if any(isinstance(code, bool) for code in value):
            raise ValueError("a code that YAML reads as true or false (yes, no, on, off) must stand in quotes")
        return {str(code): meaning for code, meaning in value.items()}

    @field_validator("values")
    @classmethod
    def _some_code(cls, value: dict[str, str | bool | int] | None) -> dict[str, str | bool | int] | None:
        if value is not None and not value:
            raise ValueError("no code; expected at least one as {code of the source: word of the contract}, or no values at all")
        return value

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str | None) -> str | None:
        wrong = None if value is None else wrong_format(value)
        if wrong is not None:
            raise ValueError(f"{value!r} has {wrong}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return _zone(value)

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = (("from", self.source), ("sql", self.sql), ("constant", self.constant), ("stand_in", self.stand_in))
        given = [name for name, value in origins if value is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of from, sql, constant and stand_in; has {' and '.join(given) or 'none'}")
        return self

    @property
    def fixed(self) -> str | int | bool | None:
        """The value that every row has, or None where it comes from the source."""
        return self.stand_in if self.constant is None else self.constant


class TableMapping(BaseModel):
    """Where one contract table comes from: a table or view (`from`), or a query in the source's own SQL (`query`)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    relation: str | None = Field(None, alias="from", description="Table or view, with its schema where it is not in the search path.")
    query: str | None = Field(None, description="A SELECT in the source's own SQL, for joins and unions.")
    where: str | None = Field(None, description="Condition in the source's own SQL; rows that do not meet it are not the contract's.")
    cursor: Literal["contract", "none"] = Field(
        "contract",
        description="none: the column behind updated_at or created_at does not tell what is new, so every load compares all rows.",
    )
    columns: dict[str, ColumnMapping] = Field(description="Contract column → where it comes from. One that is left out is null.")
    timezone: str = Field("UTC", exclude=True)
    # What the mapping says for all its tables; after a change all are read again.
    words_signature: str = Field("", exclude=True)

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """`loan_id: id` is short for `loan_id: {from: id}`."""
        if not isinstance(value, dict):
            return value
        unquoted = [name for name, origin in value.items() if isinstance(origin, bool | int)]
        if unquoted:
            raise ValueError(f"{', '.join(unquoted)}: a column whose name YAML reads as a number or as true or false must stand in quotes")
        return {name: {"from": origin} if isinstance(origin, str) else origin for name, origin in value.items()}

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.relation is None) == (self.query is None):
            raise ValueError("needs exactly one of from and query")
        return self

    @property
    def signature(self) -> str:
        """Hash of what it says; where it changes, every row must be read again."""
        return hashlib.sha256((self.model_dump_json() + self.timezone + self.words_signature).encode()).hexdigest()[:16]


class Mapping(BaseModel):
    """A mapping file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = Field(description="Version of this format.")
    timezone: str = Field("UTC", description="IANA zone of instants that a source keeps without one.")
    null_words: list[str] | None = Field(
        None, description="Words that the source writes for null in texts that may be null; the setting null_words unless given."
    )
    personal_null_words: list[str] | None = Field(None, description="The same in personal texts; the setting unless given.")
    complete_until: str | None = Field(
        None,
        description="The last day of which the source has everything: a day, now, or an expression in the source's own SQL, such as "
        "(select max(closed_on) from day_close). The day of the newest row unless given.",
    )
    tables: dict[str, TableMapping] = Field(description="Contract table → where it comes from. One that is left out is not supplied.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return _zone(value) or value

    @field_validator("complete_until", mode="before")
    @classmethod
    def _day_as_text(cls, value: Any) -> Any:
        """YAML reads 2019-12-31 as a day."""
        return str(value) if isinstance(value, date) else value

    @model_validator(mode="after")
    def _of_the_contract(self) -> Self:
        known = load_contract().tables
        for name, mapped in self.tables.items():
            if name not in known:
                raise ValueError(f"tables.{name}: the contract has no such table; it has {', '.join(known)}")
            for column in mapped.columns:
                if column not in known[name].column_names:
                    raise ValueError(
                        f"tables.{name}.columns.{column}: the contract has no such column; it has {', '.join(known[name].column_names)}"
                    )
            for declared in known[name].columns:
                rule = mapped.columns.get(declared.name)
                for said in () if rule is None else ("constant", "stand_in", "if_null"):
                    value = getattr(rule, said)
                    expected = None if value is None else unlike(declared, value)
                    if expected is not None:
                        raise ValueError(f"tables.{name}.columns.{declared.name}.{said}: {as_text(value)!r}; expected {expected}")
        return self

    def of(self, table: str) -> TableMapping | None:
        """The mapping of a contract table with the file's zone in it, or None when the table is not supplied."""
        found = self.tables.get(table)
        words = "" if self.null_words is None and self.personal_null_words is None else f"{self.null_words} {self.personal_null_words}"
        return None if found is None else found.model_copy(update={"timezone": self.timezone, "words_signature": words})

    def without(self) -> list[str]:
        """The tables that the contract requires and the mapping leaves out."""
        return [name for name, table in load_contract().tables.items() if table.required and name not in self.tables]

    def require_tables(self) -> None:
        """Raises InputError for required tables that are left out: without them figures would be false zeros."""
        left_out = self.without()
        if left_out:
            raise InputError(
                found=f"no mapping of the required table{'s' if len(left_out) > 1 else ''} {', '.join(left_out)}",
                where="the mapping, under tables",
                expected=f"all of {', '.join(name for name, table in load_contract().tables.items() if table.required)}",
                remedy="Map what is missing; a table that the platform does not keep is a `query` that gives no row. "
                "`glassbook map check` says what else is missing.",
            )


def _zone(value: str | None) -> str | None:
    if value is not None:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone such as Europe/Prague") from error
    return value


def read_mapping(path: Path) -> Mapping:
    """The mapping in a file. Raises InputError that names file, place and what is wrong there."""
    try:
        data = load_as_written(read_within_limits(path).decode("utf-8"))
        return Mapping.model_validate(data)
    except OSError as error:
        raise _wrong(f"no file that can be read ({error.strerror})", str(path)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}, line {mark.line + 1}" if mark else str(path)
        if isinstance(error, NotAsWritten):
            raise InputError(
                found=str(error.problem),
                where=place,
                expected=error.expected,
                remedy="Correct the line; docs/sources.md says how a code is written.",
            ) from error
        raise _wrong(f"no YAML ({getattr(error, 'problem', None) or error})", place) from error
    except (ValidationError, UnicodeDecodeError) as error:
        problems = (
            "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg'].removeprefix('Value error, ')}".lstrip(": ") for e in error.errors())
            if isinstance(error, ValidationError)
            else str(error)
        )
        raise _wrong(problems, str(path)) from error


def _wrong(found: str, where: str) -> InputError:
    return InputError(
        found=found,
        where=where,
        expected="a mapping as docs/sources.md describes it",
        remedy="Correct the place named; `glassbook map init --source URL` writes a draft.",
    )

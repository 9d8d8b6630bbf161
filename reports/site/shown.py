"""How one page writes the values of figures: in its language, and every amount on it in one unit.

Every value is in a <data> element, which has the exact number besides the one for people, so that a program or a test can compare a page
with its data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from reports.filing.render.notes import note_in_words
from reports.present.cells import NO_VALUE, exact_text
from reports.site.language import MONEY_DECIMALS, Language, MoneyUnit
from reports.site.reading.edition import Edition
from reports.site.reading.figures import History, SeriesPoint

MONEY = "money"
"""The unit of a part that is an amount, in a regime's declaration, for any currency of the home."""


@dataclass(frozen=True)
class Writer:
    """Formats the values of one page. `money` is the unit of every amount on it."""

    edition: Edition
    language: Language
    money: MoneyUnit

    def value(self, history: History, value: Decimal | None) -> Markup:
        """A value of a figure without its unit; a dash for none."""
        return self._data(value, self._text(history, value))

    def change(self, history: History, before: Decimal | None, after: Decimal | None) -> Markup:
        """By how much a figure rose or fell, with plus or minus; nothing when either has no value."""
        if before is None or after is None:
            return self._data(None, NO_VALUE)
        difference = after - before
        text = self._text(history, difference)
        return self._data(difference, f"+{text}" if difference > 0 and any(sign in "123456789" for sign in text) else text)

    def amount(self, value: Decimal | None) -> Markup:
        """An amount of money that is not a figure."""
        return self._data(value, self.language.money(value, self.money))

    def part(self, history: History, place: int, value: Decimal | None) -> Markup:
        """A numerator (`place` 0) or denominator (1), in full: money with cents, counts without decimal places."""
        unit = self._part_unit(history, place)
        if not unit:
            return self._data(value, self.language.exact(value))
        return self._data(value, self.language.number(value, MONEY_DECIMALS if unit == MONEY else 0))

    def part_unit(self, history: History, place: int) -> str:
        """Its unit in words; empty if the regime names none."""
        unit = self._part_unit(history, place)
        return self.language.unit(self.edition.currency if unit == MONEY else unit)

    def _part_unit(self, history: History, place: int) -> str:
        return self.edition.page.part_units.get(history.code, ("", ""))[place]

    def unit(self, history: History) -> str:
        """The unit of a figure as this page writes it."""
        return self.money.name if self.edition.is_money(history) else self.language.unit(history.unit)

    def name(self, history: History) -> str:
        """The name of a figure."""
        name = self.language.of(history.name_zh, history.name_en)
        return name[:1].upper() + name[1:]

    def note(self, history: History, point: SeriesPoint) -> str:
        """The note on a value, in words."""
        return note_in_words(
            self.edition.regime,
            history.code,
            point.note,
            lambda amount: f"{self.language.money(amount, self.money)} {self.money.name}",
            self.language.code,
        )

    def axis(self, is_money: bool, value: Decimal) -> str:
        """A value on an axis, without trailing zeros."""
        moved = value.scaleb(-self.money.power) if is_money else value
        return self.language.short(moved)

    def _text(self, history: History, value: Decimal | None) -> str:
        if self.edition.is_money(history):
            return self.language.money(value, self.money)
        return self.language.number(value, history.decimals)

    @staticmethod
    def _data(value: Decimal | None, text: str) -> Markup:
        if value is None:
            return Markup('<span class="none">{}</span>').format(text)
        return Markup('<data value="{}">{}</data>').format(exact_text(value), text)


def writer_for(edition: Edition, language: Language, values: Iterable[tuple[History, Decimal | None]]) -> Writer:
    """The writer for a page that shows these values."""
    amounts = [value for history, value in values if edition.is_money(history)]
    return Writer(edition, language, language.money_unit(edition.currency, amounts))

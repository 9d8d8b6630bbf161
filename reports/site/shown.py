"""How one page writes the values of figures: in its language, and amounts in one unit, except figures too small for it.

Every value is in a <data> element, which has the exact number besides the one for people, so that a program or a test can compare a page
with its data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from markupsafe import Markup

from reports.filing.render.notes import note_in_words
from reports.present.cells import exact_text
from reports.site.language import MONEY_DECIMALS, Language, MoneyUnit
from reports.site.reading.edition import Edition
from reports.site.reading.figures import History, SeriesPoint

MONEY = "money"
"""The unit of a part that is an amount, in a regime's declaration, for any currency of the home."""


@dataclass(frozen=True)
class Writer:
    """Formats the values of one page. `money` is the unit of its amounts; `units` are smaller ones that figures need, by code."""

    edition: Edition
    language: Language
    money: MoneyUnit
    units: Mapping[str, MoneyUnit] = field(default_factory=dict)

    def value(self, history: History, value: Decimal | None) -> Markup:
        """A value of a figure without its unit; a dash for none."""
        return self._data(value, self._text(history, value))

    def change(self, history: History, before: Decimal | None, after: Decimal | None) -> Markup:
        """By how much a figure rose or fell, with plus or minus; nothing when either has no value."""
        by = difference(before, after)
        text = self._text(history, by)
        return self._data(by, f"+{text}" if by is not None and by > 0 and any(sign in "123456789" for sign in text) else text)

    def money_of(self, history: History) -> MoneyUnit:
        """The unit in which the page writes the amounts of a figure."""
        return self.units.get(history.code, self.money)

    def part(self, history: History, place: int, value: Decimal | None) -> Markup:
        """A numerator (`place` 0) or denominator (1), in full: money with cents, counts without decimal places."""
        unit = self._part_unit(history, place)
        if not unit:
            return self._data(value, self.language.exact(value))
        return self._data(value, self.language.number(value, MONEY_DECIMALS if unit == MONEY else 0))

    def part_unit(self, history: History, place: int) -> str:
        """Its unit in words; empty if the regime names none."""
        unit = self._part_unit(history, place)
        return self.language.money_unit(self.edition.currency, []).name if unit == MONEY else self.language.unit(unit)

    def _part_unit(self, history: History, place: int) -> str:
        return self.edition.page.part_units.get(history.code, ("", ""))[place]

    def unit(self, history: History) -> str:
        """The unit of a figure as this page writes it."""
        return self.money_of(history).name if self.edition.is_money(history) else self.language.unit(history.unit)

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
            self._in_note,
            self.language.code,
        )

    def _in_note(self, amount: Decimal) -> str:
        unit = self.language.fitting(self.money, self.edition.currency, [amount])
        return f"{self.language.money(amount, unit)} {unit.name}"

    def axis(self, unit: MoneyUnit | None, value: Decimal) -> str:
        """A value on an axis, without trailing zeros; `unit` is that of amounts."""
        return self.language.short(value if unit is None else value.scaleb(-unit.power))

    def _text(self, history: History, value: Decimal | None) -> str:
        if self.edition.is_money(history):
            return self.language.money(value, self.money_of(history))
        return self.language.number(value, history.decimals)

    @staticmethod
    def _data(value: Decimal | None, text: str) -> Markup:
        if value is None:
            return Markup('<span class="none">{}</span>').format(text)
        return Markup('<data value="{}">{}</data>').format(exact_text(value), text)


Values = Iterable[tuple[History, Decimal | None]]


def writer_for(edition: Edition, language: Language, values: Values, beside: Values = ()) -> Writer:
    """The writer for values of a page; `beside` are others of the page, which have a part in its unit alone."""
    by_code: dict[str, list[Decimal | None]] = {}
    for history, value in values:
        if edition.is_money(history):
            by_code.setdefault(history.code, []).append(value)
    others = [value for history, value in beside if edition.is_money(history)]
    money = language.money_unit(edition.currency, [*others, *(value for held in by_code.values() for value in held)])
    units = {code: language.fitting(money, edition.currency, held) for code, held in by_code.items()}
    return Writer(edition, language, money, {code: unit for code, unit in units.items() if unit != money})


def difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """By how much a value rose or fell; None when either has none."""
    return None if before is None or after is None else after - before

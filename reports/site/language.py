"""A language of the site: its words, and how numbers, days and amounts of money are written in it.

Belongs here: formatting. Does not: which figure a page shows. Words come from words/<language>.po; English is the language of the
message ids and has no file. One page has one unit of money, chosen by the largest amount on it; where that would show an amount as
nothing, the amount has a smaller one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_currency_name
from babel.support import NullTranslations, Translations
from markupsafe import Markup, escape

from glassbook.catalogue.guide.formulas import formula_in
from glassbook.money import round_half_up
from reports.present.cells import NO_VALUE, exact_text
from reports.present.units import unit_zh

WORDS = Path(__file__).parent / "words"
SOURCE = "en"
"""The language of the message ids."""
_LOCALES = {"zh": "zh_Hans", "en": "en_GB"}
MONEY_DECIMALS = 2
# A run of Chinese with its punctuation, and digits in between.
_CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef](?:[0-9— ]*[\u3000-\u9fff\uff00-\uffef])*")


@dataclass(frozen=True)
class MoneyUnit:
    """How a page writes amounts: decimal point moved by `power` places, `decimals` places shown, `name` after or above them."""

    power: int
    decimals: int
    name: str


@dataclass(frozen=True)
class Language:
    """One language, such as zh: `code` is its folder, `tag` what HTML calls it."""

    code: str
    tag: str
    locale: Locale
    words: NullTranslations

    @property
    def name(self) -> str:
        """The language's name in the language itself."""
        return str(self.locale.get_language_name(self.code))

    def say(self, message: str, **values: object) -> str:
        """A message in this language, with its placeholders filled."""
        text: str = self.words.gettext(message)
        return text % values if values else text

    def say_many(self, one: str, many: str, count: int, **values: object) -> str:
        """A message that depends on a number, available in it as `count`."""
        text: str = self.words.ngettext(one, many, count)
        return text % ({"count": self.number(Decimal(count), 0)} | values)

    def of(self, zh: str, en: str) -> str:
        """This language's text of the two in catalogue and regime: Chinese for Chinese, English for every other language."""
        return zh if self.code == "zh" else en

    def heading(self, zh: str, en: str) -> str:
        """This language's text of the two, as a title with a capital first letter."""
        return self.capital(self.of(zh, en))

    @staticmethod
    def capital(text: str) -> str:
        """A text with a capital first letter, for the beginning of a line."""
        return text[:1].upper() + text[1:]

    def marked(self, text: str) -> Markup:
        """A text that may be in another language than the page: Chinese parts are marked, for screen readers and for fonts."""
        escaped = str(escape(text))
        return Markup(escaped if self.code == "zh" else _CHINESE.sub(r'<span lang="zh-Hans">\g<0></span>', escaped))

    def formula(self, text: str) -> str:
        """A formula of the catalogue in this language; the catalogue has each term in Chinese and in English."""
        return formula_in("zh" if self.code == "zh" else "en", text)

    def number(self, value: Decimal | int | None, decimals: int) -> str:
        """A number for people, rounded half up to exactly `decimals` places; a dash for none."""
        if value is None:
            return NO_VALUE
        places = "." + "0" * decimals if decimals else ""
        return str(format_decimal(round_half_up(Decimal(value), decimals), f"#,##0{places}", locale=self.locale))

    def exact(self, value: Decimal | None) -> str:
        """A number with all its decimal places, at least two if it has any."""
        places = (exact_text(value) or "").partition(".")[2]
        return self.number(value, len(places))

    def short(self, value: Decimal) -> str:
        """A number without trailing zeros."""
        return str(format_decimal(value.normalize(), "#,##0.########", locale=self.locale))

    def money(self, value: Decimal | None, unit: MoneyUnit) -> str:
        """An amount in the unit of its page; the decimal point moves, nothing is divided."""
        return self.number(None if value is None else value.scaleb(-unit.power), unit.decimals)

    def day(self, day: date) -> str:
        """31 December 2019."""
        return str(format_date(day, "long", locale=self.locale))

    def month(self, day: date) -> str:
        """December 2019."""
        return str(format_skeleton("yMMMM", day, locale=self.locale))

    def quarter(self, day: date) -> str:
        """4th quarter 2018: the quarter of `day`."""
        return str(format_skeleton("yQQQQ", day, locale=self.locale))

    def instant(self, at: datetime, zone: ZoneInfo) -> str:
        """A day with hour and minute in the time zone, which is named."""
        return f"{format_datetime(at, 'yyyy-MM-dd HH:mm', tzinfo=zone, locale=self.locale)} ({zone.key})"

    def unit(self, unit: str) -> str:
        """The word for a figure's unit other than money."""
        return unit_zh(unit) if self.code == "zh" else unit

    def money_unit(self, currency: str, amounts: Iterable[Decimal | None], decimals: int = MONEY_DECIMALS) -> MoneyUnit:
        """The unit of a page that shows these amounts."""
        largest = max((abs(amount) for amount in amounts if amount is not None), default=Decimal(0))
        return next(unit for least, unit in self._money_units(currency, decimals) if largest >= least)

    def fitting(self, unit: MoneyUnit, currency: str, amounts: Iterable[Decimal | None]) -> MoneyUnit:
        """The unit of some amounts of a page: that of the page, or a smaller one when all are less than one of it, or one would read as 0.

        Chinese keeps its unit: 万 is small enough, and the forms print amounts in it too.
        """
        held = [abs(amount) for amount in amounts if amount]
        if self.code == "zh" or not held:
            return unit
        smaller = [(least, step) for least, step in self._money_units(currency, unit.decimals) if step.power < unit.power]
        steps = [(10**unit.power, unit), *smaller]
        fits = (step for least, step in steps if max(held) >= least and round_half_up(min(held).scaleb(-step.power), step.decimals))
        return next(fits, steps[-1][1])

    def _money_units(self, currency: str, decimals: int) -> tuple[tuple[int, MoneyUnit], ...]:
        """Every unit of money, the largest first, with the least amount for which a page has it."""
        if self.code == "zh":
            name = currency_zh(currency)
            # 亿 replaces 万 when 万 would need nine digits, with the same places.
            steps = ((10**12, 8, decimals + 4, f"亿{name}"), (10**4, 4, decimals, f"万{name}"), (0, 0, decimals, name))
        else:
            millions, thousands = (
                self.say("%(currency)s millions", currency=currency),
                self.say("%(currency)s thousands", currency=currency),
            )
            steps = ((10**9, 6, decimals, millions), (10**4, 3, decimals, thousands), (0, 0, decimals, currency))
        return tuple((least, MoneyUnit(power, places, name)) for least, power, places, name in steps)


def currency_zh(currency: str) -> str:
    """The Chinese name of a currency on the site: the word for its unit, or, without one, its whole name."""
    word = unit_zh(currency)
    return word if word != currency else str(get_currency_name(currency, locale=_LOCALES["zh"]))


@cache
def load_language(code: str) -> Language:
    """The language with that code. Raises KeyError for a code that Babel does not know."""
    try:
        locale = Locale.parse(_LOCALES.get(code, code))
    except (UnknownLocaleError, ValueError) as error:
        raise KeyError(code) from error
    tag = "zh-Hans" if code == "zh" else code
    return Language(code, tag, locale, _words(code))


def _words(code: str) -> NullTranslations:
    if code == SOURCE:
        return NullTranslations()
    with (WORDS / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)

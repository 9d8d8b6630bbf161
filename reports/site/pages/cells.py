"""How a page writes a value of a public table, by the kind of its column; amounts in full, as column titles say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from reports.present.cells import NO_VALUE, exact_text
from reports.site.language import MONEY_DECIMALS, Language
from reports.site.public_data import PublicData
from reports.site.reading.tables import OpenColumn

_PERCENT_POWER = 2


def title_of(column: OpenColumn, language: Language) -> str:
    """The title of a column with its unit; titles of amounts already have theirs."""
    title = language.heading(column.words.zh, column.words.en)
    return language.say("%(title)s (%(unit)s)", title=title, unit="%") if column.kind == "share" else title


def cell(column: OpenColumn, value: Any, language: Language, data: PublicData, segment_kind: str | None = None) -> Markup | str:
    """A value for people, with the exact number in the markup; a dash for no value."""
    if value is None:
        return NO_VALUE
    match column.kind:
        case "flag":
            return language.say("yes") if value else language.say("no")
        case "amount":
            return number(value, language.number(value, MONEY_DECIMALS))
        case "share":
            return number(value, language.number(value.scaleb(_PERCENT_POWER), 2))
        case "count":
            return number(Decimal(value), language.number(Decimal(value), 0))
        case "day":
            return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), language.day(value))
        case "quarter":
            return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), language.quarter(value))
        case "number":
            return str(value)
    words = data.code(column.name, value, segment_kind)
    return language.of(words.zh, words.en) if words is not None else language.marked(str(value))


def number(exact: Decimal, text: str) -> Markup:
    """A number as a page shows it."""
    return Markup('<data value="{}">{}</data>').format(exact_text(exact), text)


def day_name(day: date, language: Language, *, is_quarter: bool, is_month_end: bool) -> str:
    """The title of a day's page."""
    if is_quarter:
        return language.quarter(day)
    return language.month(day) if is_month_end else language.day(day)

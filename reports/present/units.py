"""How units are written in Chinese and English wherever figures are shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from reports.present.cells import grouped

# Amounts are shown in 万, tens of thousands, with two decimals.
_WAN_POWER = 4
_WAN_DECIMALS = 2
_ZH = {
    **{"CNY": "元", "%": "%", "loans": "笔", "persons": "人", "hours": "小时", "months": "个月", "complaints": "件", "days": "天"},
    **{"listings": "个", "applications": "件", "transfers": "笔", "index": "指数"},
}


def unit_zh(unit: str) -> str:
    """The Chinese word for a unit code; a code without one is shown as it is."""
    return _ZH.get(unit, unit)


def in_currency(declared: Any, zh: str, en: str, *, is_english: bool = False) -> Any:
    """What a regime declares, with `¤` in its texts replaced by the name of a currency: `en` under the keys of English, else `zh`.

    Declarations name no currency: a platform files and publishes in its own (setting `currency`).
    """
    if isinstance(declared, str):
        return declared.replace("¤", en if is_english else zh)
    if isinstance(declared, Mapping):
        return {
            key: in_currency(value, zh, en, is_english=is_english or str(key) == "en" or str(key).endswith("_en"))
            for key, value in declared.items()
        }
    if isinstance(declared, list | tuple):
        return [in_currency(value, zh, en, is_english=is_english) for value in declared]
    return declared


def number_format(unit: str, decimals: int) -> str:
    """The spreadsheet's number format for a figure: thousands separators, its own decimals, a per cent sign for that unit."""
    places = "." + "0" * decimals if decimals else ""
    tail = '"%"' if unit == "%" else ""
    return f"#,##0{places}{tail};[Red]-#,##0{places}{tail}"


def wan(value: Decimal | None) -> str:
    """An amount printed in 万, tens of thousands, with two decimals, rounded half up; the decimal point moves, nothing is divided."""
    return grouped(None if value is None else value.scaleb(-_WAN_POWER), _WAN_DECIMALS)

"""The formula of a figure in one language.

The catalogue writes a formula once, each term in Chinese and then in English (`Σ 本金 principal`); explanations put numbers into it.
Belongs here: separating the two languages. Does not: formulas that cannot be separated like this (the guide's own records have those).
"""

from __future__ import annotations

import re

from glassbook.catalogue.guide import Language

_CHINESE = "\u3400-\u9fff"
# English words after a term in Chinese.
_ENGLISH_OF_TERM = re.compile(rf"(?<=[{_CHINESE}]) [A-Za-z’']+(?: [A-Za-z’']+)*")
_CHINESE_OF_TERM = re.compile(rf"[{_CHINESE}]+ ?")
# Words that formulas have only in English, with the Chinese.
_ENGLISH_ALONE = {"n distinct": "n（去重）"}


def formula_in(language: Language, formula: str) -> str:
    """The part of `formula` for readers of `language`."""
    if language == "en":
        return _CHINESE_OF_TERM.sub("", formula).strip()
    text = _ENGLISH_OF_TERM.sub("", formula)
    for said, meant in _ENGLISH_ALONE.items():
        text = text.replace(said, meant)
    return text.strip()

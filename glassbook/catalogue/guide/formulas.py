"""The formula of a figure in one language.

The catalogue writes a formula once, each term in Chinese and then in English (`Σ 本金 principal`), as explanations put numbers into it.
Belongs here: taking the two apart. Does not: formulas that cannot be taken apart so (the guide's own records have those).
"""

from __future__ import annotations

import re

from glassbook.catalogue.guide import Language

_CHINESE = "\u3400-\u9fff"
# Words of English after a term in Chinese.
_ENGLISH_OF_TERM = re.compile(rf"(?<=[{_CHINESE}]) [A-Za-z’']+(?: [A-Za-z’']+)*")
_CHINESE_OF_TERM = re.compile(rf"[{_CHINESE}]+ ?")
# What formulas say in English alone, and what it means.
_ENGLISH_ALONE = {"n distinct": "n（去重）"}


def formula_in(language: Language, formula: str) -> str:
    """What stays of `formula` for readers of `language`."""
    if language == "en":
        return _CHINESE_OF_TERM.sub("", formula).strip()
    text = _ENGLISH_OF_TERM.sub("", formula)
    for said, meant in _ENGLISH_ALONE.items():
        text = text.replace(said, meant)
    return text.strip()

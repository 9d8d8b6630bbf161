"""A finding in the words of a regime's form: models write findings in English; readers of a filing read their country's language.

Belongs here: replacing phrases. Does not: the words (regime.yml), or which findings a form quotes (`forms`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from reports.filing.declare.regime import EditForm

_PLACE = re.compile(r"\\\{([a-z])\\\}")


def finding_in_words(form: EditForm, finding: Mapping[str, str | None]) -> str:
    """The finding in the form's words; without words for it, what it is about and the value found.

    A form without any words shows it as the models write it.
    """
    parts = [finding[name] or "" for name in ("entity", "field", "masked_value", "message")]
    if not form.phrases:
        return " ".join(part for part in parts if part)
    about = _worded(form.entities, form.values, parts[0])
    said = _worded(form.phrases, form.values, parts[3])
    # A finding without words can be read where it was written: in checks.json.
    return f"{about or parts[0]}：{said or form.values.get(parts[2], parts[2]) or '见checks.json'}"


def message_in_words(form: EditForm, message: str) -> str:
    """The form's words for an edit that was not run or crashed; without words for it, where to read about it."""
    return message if not form.phrases else _worded(form.phrases, form.values, message) or "见checks.json"


def _worded(phrases: Mapping[str, str], values: Mapping[str, str], text: str) -> str | None:
    for pattern, words in phrases.items():
        if found := _compiled(pattern).fullmatch(text):
            return words.format(**{name: values.get(value, value) for name, value in found.groupdict().items()})
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(pattern)), re.DOTALL)

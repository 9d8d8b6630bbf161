"""The messages of the site's templates and modules, found by Babel's own extraction. Does not: read catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_dir

SITE = Path(__file__).parents[2] / "reports" / "site"
_METHODS = [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")]
_OPTIONS = {"**.j2": {"trimmed": "false", "newstyle_gettext": "true", "extensions": "jinja2.ext.i18n", "silent": "false"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "say_many": (1, 2)}


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """(file and line, message id) of every message; a plural one has both its ids."""
    for name, line, message, _, _ in extract_from_dir(SITE, _METHODS, _OPTIONS, keywords=_KEYWORDS):
        yield f"{name}:{line}", message

"""The statements of this package that are longer than a few lines: files in `sql/`, with placeholders for what the contract says about a
table.

Belongs here: reading and filling them in. Does not: what is filled in, which is SQL already (`table_work`, `form_rules`, `content_hash`).
"""

from __future__ import annotations

from functools import cache
from string import Template

from glassbook.sql_text import sql_of


def statement(name: str, **parts: str) -> str:
    """The statement of `sql/<name>.sql`, each of its placeholders `${…}` filled in. Raises KeyError for a placeholder without a part."""
    return _template(name).substitute(parts)


@cache
def _template(name: str) -> Template:
    text = sql_of("ingestion.loading", f"sql/{name}")
    # The comment at the top explains the file; a part of a larger statement needs none.
    return Template("\n".join(line for line in text.splitlines() if not line.startswith("--")))

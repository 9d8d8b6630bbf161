"""The pages without a language: the root, which leads to the home language, and the page for unknown addresses."""

from __future__ import annotations

import jinja2

from reports.site.language import Language
from reports.site.policy import POLICY
from reports.site.reading.edition import Edition
from reports.site.rendering import TEMPLATES


def door_file(edition: Edition, languages: tuple[Language, ...]) -> bytes:
    """index.html of the root: redirects to the first language, and lists all of them."""
    return _rendered("door.html.j2", edition, languages)


def not_found_file(edition: Edition, languages: tuple[Language, ...]) -> bytes:
    """404.html, which static hosts show for a page that does not exist."""
    return _rendered("not_found.html.j2", edition, languages)


def _rendered(template: str, edition: Edition, languages: tuple[Language, ...]) -> bytes:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    given = {"edition": edition, "languages": languages, "policy": POLICY, "home": languages[0]}
    return (environment.get_template(template).render(given) + "\n").encode()

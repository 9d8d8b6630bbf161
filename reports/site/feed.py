"""The Atom feed of a language, and the sitemap: what changed, for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from xml.etree import ElementTree as Xml

from reports.site.language import Language
from reports.site.pages.first import state_name
from reports.site.reading.edition import Edition
from reports.site.reading.filings import FiledVersion

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST = 50


def feed_file(edition: Edition, language: Language) -> bytes:
    """Every version of a filing that left the company, newest first, with what it corrected."""
    versions = sorted(
        (v for v in edition.versions if v.submitted_at), key=lambda v: (v.submitted_at or v.opened_at, v.filing_id), reverse=True
    )
    declared = edition.page
    base = {"xml:base": f"{edition.site_address}/{language.code}/"} if edition.site_address else {}
    feed = Xml.Element("feed", {"xmlns": _ATOM, "xml:lang": language.tag} | base)
    _text(feed, "id", f"urn:glassbook:{edition.regime.name}:{language.code}")
    _text(feed, "title", f"{edition.platform_name} {language.of(declared.title_zh, declared.title_en)}".strip())
    newest = versions[0].submitted_at if versions and versions[0].submitted_at else edition.known_at
    _text(feed, "updated", _instant(newest))
    author = Xml.SubElement(feed, "author")
    _text(author, "name", edition.platform_name or edition.regime.name)
    Xml.SubElement(feed, "link", {"rel": "self", "href": "feed.xml", "type": "application/atom+xml"})
    Xml.SubElement(feed, "link", {"rel": "alternate", "href": "index.html", "type": "text/html"})
    for version in versions[:_MOST]:
        _entry(feed, edition, language, version)
    return _document(feed)


def _entry(feed: Xml.Element, edition: Edition, language: Language, version: FiledVersion) -> None:
    entry = Xml.SubElement(feed, "entry")
    _text(entry, "id", f"urn:glassbook:{version.filing_id}:v{version.version}:{language.code}")
    title = language.say("Filing %(filing)s, version %(version)s: %(state)s", filing=version.filing_id, version=version.version,
                         state=state_name(version, language))  # fmt: skip
    _text(entry, "title", title)
    _text(entry, "updated", _instant(version.submitted_at or version.opened_at))
    Xml.SubElement(entry, "link", {"rel": "alternate", "href": f"filings/index.html#{version.filing_id}-v{version.version}"})
    names = [
        language.of(edition.by_code[c.code].name_zh, edition.by_code[c.code].name_en)
        for c in version.standing_corrections
        if c.code in edition.by_code
    ]
    corrected = language.say("Corrects: %(figures)s.", figures=", ".join(names)) if names else ""
    _text(entry, "summary", " ".join(part for part in (title, corrected, version.reason or "") if part))


def sitemap_file(edition: Edition, languages: Sequence[Language], paths: Sequence[str], root: str) -> Iterator[tuple[str, bytes]]:
    """sitemap.xml with every page; nothing while the site's address is not known, since a sitemap needs full addresses."""
    if not edition.site_address:
        return
    site = Xml.Element("urlset", {"xmlns": _SITEMAP})
    for path in paths:
        url = Xml.SubElement(site, "url")
        _text(url, "loc", f"{edition.site_address}/{root}{path}")
    yield "sitemap.xml", _document(site)


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = text


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _document(root: Xml.Element) -> bytes:
    Xml.indent(root)
    found: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return found + b"\n"

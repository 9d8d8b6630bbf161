"""Parses the addresses of a session: where a visit came from, and the page that it came to.

Belongs here: from any text to its parts; nothing here raises. Does not: what the parts mean (the rules of channels, in dbt), where they
are kept (`address_tables`).
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from ada_url import URL
from publicsuffixlist import PublicSuffixList

# Parameters in which search engines pass the search words on; the first one found counts. Engines by the first label of their site.
_WORDS = ("wd", "word", "query", "keyword", "q")
_WORDS_OF_ENGINES = {"yahoo": ("p",), "yandex": ("text",), "ask": ("searchfor",), "voila": ("kw",), "naver": ("query",), "baidu": ("kw",)}
# Baidu's own tags, and the common tags of the same meaning.
_TAGS = {"hmsr": "utm_source", "hmmd": "utm_medium", "hmpl": "utm_campaign", "hmkw": "utm_term", "hmci": "utm_content"}
TAGS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "invitation_code")
# Pages of the browser itself: no site came before them.
_BROWSERS_OWN = {"about", "blob", "chrome", "chrome-extension", "data", "edge", "file", "javascript", "moz-extension", "view-source"}
_APPS, _SITES = {"android-app", "ios-app"}, {"http", "https", "ftp", "ws", "wss"}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):[/\\]{2}", re.IGNORECASE)
_ENCODED_WHOLE = re.compile(r"https?%3a%2f%2f", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"(?=[^/?#]*[^\W\d_])(?=[^/?#]*\.)[^\s/?#:@]+(:\d*)?([/?#]|\Z)")
_OF_SCRIPTS = re.compile(r"%u([0-9a-f]{4})", re.IGNORECASE)
_ENCODED_TWICE = re.compile(r"(%[0-9a-f]{2}){2}", re.IGNORECASE)
_PARAMETER = re.compile(r"[a-z0-9_.-]{1,64}")
_LONGEST_HOST, _MOST_PARAMETERS = 253, 64
_IN_GBK = ("ie=gb", "inputenc=gb", "encoding=gb", "charset=gb")
_OWN_SITE = "http://own.invalid"


class Referrer(NamedTuple):
    """Where a visit came from; `keyword` is what a search engine would pass on.

    `host_names`: the host and every domain above it; for a host below a domain also its first label, without a number at the end: `mail.*`.
    """

    referrer_url: str
    host: str | None = None
    site: str | None = None
    host_names: tuple[str, ...] = ()
    keyword: str | None = None


class Landing(NamedTuple):
    """The page that a visit came to, without its parameters; the names of the parameters, and the values of tags."""

    landing_path: str
    page: str
    parameter_names: tuple[str, ...]
    utm_source: str | None
    utm_medium: str | None
    utm_campaign: str | None
    utm_term: str | None
    utm_content: str | None
    invitation_code: str | None


def referrer_of(text: str) -> Referrer:
    """Where a visit came from, as its address says; no host where the address cannot be read or is on the platform's own site."""
    url = _foreign(text)
    if url is None:
        return Referrer(text)
    scheme = url.protocol.removesuffix(":").lower()
    if scheme in _BROWSERS_OWN:
        return Referrer(text)
    host = url.hostname.lower().removesuffix(".") if scheme in _SITES | _APPS else scheme
    if not 0 < len(host) <= _LONGEST_HOST:
        return Referrer(text)
    site, names = _names_of(host) if scheme in _SITES else (host, (host,))
    return Referrer(text, host, site, names, _keyword(url.search.removeprefix("?"), site.partition(".")[0]))


def landing_of(text: str) -> Landing:
    """What the address of a page on the platform's own site says."""
    plain = text.replace("&amp;", "&").strip()
    if not _SCHEME.match(plain):
        # A path that begins with two slashes is a path, not the name of a host.
        plain = "/" + plain.lstrip("/\\")
    try:
        url = URL(plain, _OWN_SITE)
        path, search, fragment = url.pathname, url.search, url.hash
    except ValueError:
        path, search, fragment = "/", plain.partition("#")[0].partition("?")[2], ""
    values: dict[str, str] = {}
    # Pages that are rendered in the browser have their parameters in the fragment: after a `?` in it, or directly after the `#`.
    route, mark, parameters = fragment.removeprefix("#").partition("?")
    for part in (search.removeprefix("?"), parameters if mark else route):
        for name, value in _values(part).items() if part else ():
            values.setdefault(_TAGS.get(name, name), value)
    names = sorted(name for name in values if name not in TAGS and _PARAMETER.fullmatch(name))[:_MOST_PARAMETERS]
    return Landing(text, f"/{decoded(path).lstrip('/')}", tuple(names), *(values.get(name) for name in TAGS))


def decoded(value: str, *, first: str = "utf-8") -> str:
    """Decodes a percent-encoded text as UTF-8, else as GBK, without characters that do not print."""
    text = value
    if "%" in value or not value.isascii():
        text = _text(unquote_to_bytes(value), first)
        if "%" in text:
            if _ENCODED_TWICE.search(text):
                text = _text(unquote_to_bytes(text), first)
            text = _OF_SCRIPTS.sub(lambda found: chr(int(found[1], 16)), text)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(text.split())


def _text(content: bytes, first: str) -> str:
    # GB18030 has every character of GBK and of GB 2312.
    for encoding in (first, "utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _foreign(text: str) -> URL | None:
    plain = text.replace("&amp;", "&").strip()
    if _ENCODED_WHOLE.match(plain):
        plain = _text(unquote_to_bytes(plain), "utf-8")
    if not _SCHEME.match(plain):
        if plain.startswith("//"):
            plain = f"http:{plain}"
        elif _WITHOUT_SCHEME.match(plain):
            plain = f"http://{plain}"
        else:
            return None
    try:
        return URL(plain)
    except ValueError:
        return None


@lru_cache(maxsize=65_536)
def _names_of(host: str) -> tuple[str, tuple[str, ...]]:
    """The registrable domain of a host; the host with every domain above it and, if below a domain, with its name at any provider."""
    labels = host.split(".")
    if host.startswith("[") or labels[-1].isdigit():
        return host, (host,)
    names = tuple(".".join(labels[place:]) for place in range(max(len(labels) - 1, 1)))
    site = _suffixes().privatesuffix(host) or host
    # Providers number their hosts: mail01.example.com counts as mail.
    called = labels[0].rstrip("0123456789")
    return site, names if site == host or not called else (*names, f"{called}.*")


@cache
def _suffixes() -> PublicSuffixList:
    # Read from the list that the package ships: 0.1 s, and only where a session has a referrer.
    return PublicSuffixList()


def _keyword(search: str, label: str) -> str | None:
    if not search:
        return None
    lowered = search.lower()
    first = "gb18030" if any(told in lowered for told in _IN_GBK) else "utf-8"
    wanted = (*_WORDS, *_WORDS_OF_ENGINES.get(label, ()))
    values = _values(search, first, wanted)
    return next((values[name] for name in wanted if name in values), None)


def _values(search: str, first: str = "utf-8", wanted: Container[str] | None = None) -> dict[str, str]:
    """Parameters that have a value, by name in lower case; the first value where a name repeats."""
    found: dict[str, str] = {}
    for part in search.split("&"):
        name, _, value = part.partition("=")
        if not value:
            continue
        # Most names need no decoding.
        key = (name if name.isalnum() and name.isascii() else decoded(name)).lower()
        is_wanted = key not in found and (wanted is None or key in wanted)
        if is_wanted and (told := decoded(value.replace("+", " "), first=first)):
            found[key] = told
    return found

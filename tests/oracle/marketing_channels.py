"""The one channel of a session, by the first rule that matches, with its engine, keyword, click id, campaign and landing page.

Belongs here: reading tags and addresses as they come, and the order of the rules. Does not: names of hosts and tags (`marketing_hosts`).
Nothing here raises, for any address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from tests.oracle import marketing_hosts as hosts
from tests.oracle.records import Row

NOTHING = {"", "null", "(null)", "\\n", "none", "0", "undefined", "nil"}
NO_CAMPAIGN = 0


@dataclass(frozen=True)
class Visit:
    """What a session says about its origin. `campaign_id` is 0 without a known campaign; the rest is None if there is none."""

    channel: str
    engine: str | None = None
    keyword: str | None = None
    click_id: str | None = None
    campaign_id: int = NO_CAMPAIGN
    landing_page: str = "/"
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Address:
    """Host without port, path, and the parameters of the query as they were written."""

    host: str
    path: str
    query: Mapping[str, str]


def visit_of(session: Row, campaigns: Mapping[str, Row], own_hosts: Iterable[str] = ()) -> Visit:
    """The channel of a session. `campaigns` by plain code; `own_hosts`: the platform's, and payment and sign-in pages."""
    landing = _landing(session["landing_path"])
    tags = {name: value for name in ("source", "medium", "campaign", "term", "content") if (value := _tag(session, landing, f"utm_{name}"))}
    medium, source = plain(tags.get("medium")), plain(tags.get("source"))
    campaign = campaigns.get(plain(tags.get("campaign")))
    kind = hosts.CAMPAIGN_CHANNELS.get(campaign["campaign_kind"]) if campaign else None
    click = next(((name, channel) for channel, names in hosts.CLICK_IDS.items() for name in names if _given(landing.query, name)), None)
    referrer = _foreign(session["referrer_url"], own_hosts)
    engine, keyword = _search(referrer) if referrer else (None, None)
    by_medium = {name: channel for channel, names in hosts.PAID.items() for name in names}
    host = referrer.host if referrer else ""
    rules = (
        ("referral_programme", bool(something(session["invitation_code"]))),
        (hosts.MESSAGES.get(medium, ""), medium in hosts.MESSAGES),
        (by_medium.get(medium, ""), medium in by_medium),
        (click[1] if click else "", click is not None),
        (kind or "", kind is not None and kind != "directory"),
        ("organic_search", engine is not None or medium in hosts.ORGANIC_MEDIA),
        ("social", _is_of(host, hosts.SOCIAL) or medium in hosts.SOCIAL_MEDIA or source in hosts.SOCIAL_SOURCES),
        ("directory", _is_of(host, hosts.DIRECTORIES) or medium in hosts.DIRECTORY_MEDIA or kind == "directory"),
        ("ai_assistant", _is_of(host, hosts.ASSISTANTS) or _is_of(tags.get("source", "").strip().lower(), hosts.ASSISTANTS)),
        ("email", _is_of(host, hosts.MAIL)),
        ("referral", bool(host) or medium in hosts.REFERRAL_MEDIA),
        ("unassigned", bool(tags)),
        ("direct", True),
    )
    channel = next(name for name, fits in rules if fits)
    is_search = channel in ("organic_search", "paid_search")
    return Visit(
        channel=channel,
        engine=engine if is_search else None,
        keyword=(keyword or something(tags.get("term"))) if is_search else None,
        click_id=click[0] if click else None,
        campaign_id=campaign["campaign_id"] if campaign else NO_CAMPAIGN,
        landing_page=landing.path or "/",
        tags=tuple(sorted(tags.items())),
    )


def campaigns_by_code(rows: Iterable[Row]) -> dict[str, Row]:
    """Campaigns by plain code; of two with the same code, the lowest id."""
    found: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row["campaign_id"], reverse=True):
        found[plain(row["code"])] = row
    return found


def plain(text: str | None) -> str:
    """A tag or name without case, blanks, hyphens and underscores; percent-encoding is decoded."""
    return re.sub(r"[\s\-_]+", "", decoded(text or "").casefold())


def something(text: str | None) -> str | None:
    """The text, unless it is empty or a word for null."""
    return text if text is not None and text.strip().lower() not in NOTHING else None


def decoded(text: str) -> str:
    """Percent-encoding decoded as UTF-8, or as GB 18030 when it is not UTF-8."""
    raw = unquote_to_bytes(text.replace("+", " "))
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def address(text: str | None) -> Address | None:
    """An address as people write it, with or without a scheme; None when it has no host."""
    given = something(text)
    if given is None:
        return None
    rest = re.sub(r"^([a-z][a-z0-9+.\-]*:)?//", "", given.strip(), flags=re.IGNORECASE)
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    host = authority.rpartition("@")[2].lower()
    host = host if host.startswith("[") else host.partition(":")[0]
    host = host.rstrip(".")
    if not re.fullmatch(r"\[[0-9a-f:.]+\](:\d+)?|[^\s%:<>\"'(),;]+\.[^\s%:<>\"'(),;]+|localhost", host):
        return None
    path, query = _path_and_query(rest[len(authority) :])
    return Address(host, path, query)


def _path_and_query(text: str) -> tuple[str, dict[str, str]]:
    before, _, fragment = text.partition("#")
    path, _, query = before.partition("?")
    # Pages with hash routing have their parameters after the hash.
    pairs = [*query.replace("&amp;", "&").split("&"), *fragment.partition("?")[2].replace("&amp;", "&").split("&")]
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        found.setdefault(decoded(name).strip().lower(), value)
    return path, found


def _landing(text: str) -> Address:
    rest = re.sub(r"^([a-z][a-z0-9+.\-]*:)?//[^/?#]*", "", text.strip(), flags=re.IGNORECASE)
    path, query = _path_and_query(rest)
    return Address("", path, query)


def _tag(session: Row, landing: Address, name: str) -> str | None:
    return something(session[name]) or something(decoded(landing.query.get(name, "")))


def _given(query: Mapping[str, str], name: str) -> bool:
    return something(decoded(query.get(name, ""))) is not None


def _foreign(referrer_url: str | None, own_hosts: Iterable[str]) -> Address | None:
    text = (referrer_url or "").strip()
    app = re.match(r"^(?:android|ios)-app://([^/?#]+)", text, flags=re.IGNORECASE)
    if app:
        name = app.group(1).lower()
        return Address(hosts.APPS.get(name, name), "", {})
    found = address(text)
    return None if found is None or _is_of(found.host, own_hosts) else found


def _is_of(host: str, names: Iterable[str]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)


def _search(referrer: Address) -> tuple[str | None, str | None]:
    """Engine and keyword of a referrer that is a search."""
    if _is_of(referrer.host, hosts.NOT_SEARCH):
        return None, None
    for engine in (*hosts.ENGINES, *_google(referrer.host)):
        keyword = next((found for key in engine.keys if (found := something(decoded(referrer.query.get(key, "")).strip()))), None)
        is_its_domain = _is_of(referrer.host, engine.domains)
        # The bare domain is the start page of the engine if its www is.
        is_searching = _is_of(referrer.host, engine.searching) or f"www.{referrer.host}" in engine.searching
        if is_searching or (is_its_domain and keyword):
            return engine.name, keyword
    return None, None


def _google(host: str) -> tuple[hosts.Engine, ...]:
    country = next((host.removeprefix(start) for start in hosts.GOOGLE_BEGINNINGS if start and host.startswith(start)), host)
    if not re.fullmatch(hosts.GOOGLE_ENDING, country):
        return ()
    return (hosts.Engine("google", (host,), (country,), ("q", "query")),)

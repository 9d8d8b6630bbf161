"""What may be shown of a database's address, and of a server's words about it: everything except user and password.

Belongs here: splitting an address for that. Does not: connecting (`sources`, `simulator.database`).
"""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from glassbook.errors import InputError


def parts_of(url: str) -> SplitResult:
    """A URL's parts. Raises InputError, which does not show the text, for one that is not a URL."""
    try:
        return urlsplit(url)
    except ValueError as error:
        raise InputError(
            found="an address that cannot be taken apart",
            where=f"{url.partition('://')[0]}://…",
            expected="SCHEME://USER:PASSWORD@HOST:PORT/DATABASE",
            remedy="Write characters of a password such as [ ] / @ : ? # as %5B %5D %2F %40 %3A %3F %23.",
        ) from error


def shown(url: str, scheme: str, default_host: str) -> str:
    """Kind, hosts with their ports, and database of an address, without user, password and options."""
    parts = parts_of(url)
    # Not what urlsplit calls the host: libpq takes several, and a folder of a socket.
    hosts = unquote(parts.netloc.rpartition("@")[2]) or dict(parse_qsl(parts.query)).get("host") or default_host
    return f"{scheme}://{hosts}{parts.path}"


def without_password(text: str, url: str) -> str:
    """A text in which the secrets of the address are replaced by ***, both as written there (percent-encoded) and decoded."""
    parts = parts_of(url)
    given = [parts.netloc.rpartition("@")[0].partition(":")[2]]
    given += [value for name, _, value in (option.partition("=") for option in parts.query.split("&")) if "password" in name.lower()]
    for secret in sorted({*given, *map(unquote, given)} - {""}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text

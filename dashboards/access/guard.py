"""The guard before every request to an app: only the app's own hosts, security headers, and only the endpoints that a page needs.

Belongs here: plain ASGI, for pages and sockets. Does not: starting the server (`server`), or who may see what: there is no sign-in.

A page of another site can send a visitor's browser to this machine under the site's own name (DNS rebinding). The browser then treats the
app as a part of that site and lets the site read it; only the name in the Host header shows the attack.
"""

from __future__ import annotations

import ipaddress
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glassbook.errors import InputError

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
EVERYWHERE = ("0.0.0.0", "::", "")
# Charts are compiled in the browser (`unsafe-eval`), and scripts set styles. Nothing comes from another machine, and the inline scripts of
# Streamlit's page are allowed by their hash.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval' blob: {hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# The endpoints below Streamlit's own path that a page needs; process metrics, uploads and the rest are not among them.
_CORE = "/_stcore/"
_ASKED = ("health", "host-config", "stream")


def own_hosts(address: str, further: Iterable[str]) -> frozenset[str]:
    """The host names under which an app on `address` answers: the loopback names, the address itself unless it means all, and `further`.

    Raises InputError for an invalid name, such as one with a port or a star.
    """
    own = () if address in EVERYWHERE else (_bracketed(address),)
    wrong = [name for name in further if not re.fullmatch(r"[\w.-]+|\[[0-9a-fA-F:.]+\]", name)]
    if wrong:
        raise InputError(
            found=f"{', '.join(map(repr, wrong))} among the hosts of the apps",
            where="the setting app_hosts",
            expected="names or addresses without scheme, port or star, such as books.example.com",
            remedy="Correct it; an address of version 6 stands in [brackets].",
        )
    return frozenset(name.lower().rstrip(".") for name in (*LOOPBACK, *own, *further))


def _bracketed(address: str) -> str:
    try:
        return f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    except ValueError:
        return address


def headers_for(page: str) -> dict[str, str]:
    """The security headers of an app whose HTML is `page`: of inline scripts, only those that it has now may run."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return _HEADERS | {"Content-Security-Policy": _POLICY.format(hashes=hashes)}


class Guard:
    """Wraps an ASGI app: a request under a name outside `hosts` gets status 400 and does not reach the app; every answer has `headers`."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], headers: Mapping[str, str]) -> None:
        self._app = app
        self._hosts = hosts
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: one request, one socket, or the life of the server."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not self._is_own(scope):
            await self._answer("The app does not answer to that name; the setting app_hosts adds one.", 400, scope, receive, send)
        elif scope["type"] == "websocket" and not _is_same_origin(scope):
            await self._answer("The socket answers to the app's own pages alone.", 403, scope, receive, send)
        elif not _is_asked(scope["path"]):
            await self._answer("Not found", 404, scope, receive, send)
        else:
            await self._app(scope, receive, self._with_headers(send))

    def _is_own(self, scope: Scope) -> bool:
        named = Headers(scope=scope).getlist("host")
        return len(named) == 1 and _without_port(named[0]) in self._hosts

    async def _answer(self, words: str, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            # Closing a socket before accepting it refuses it with status 403.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(words, status)(scope, receive, self._with_headers(send))

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        return sending


def _is_same_origin(scope: Scope) -> bool:
    """Whether a socket is opened by a page of the app itself; a browser says which page opens it, and any other program need not."""
    headers = Headers(scope=scope)
    origins = headers.getlist("origin")
    return not origins or [_place(urlsplit(origin).netloc) for origin in origins] == [_place(headers["host"])]


def _place(netloc: str) -> str:
    """Host and port, without a port that the scheme implies."""
    return re.sub(r":(80|443)$", "", netloc.lower())


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    # An IPv6 address contains colons, within brackets.
    is_port = bool(colon) and port.isascii() and port.isdigit()
    return (name if is_port else host).lower().rstrip(".")


def _is_asked(path: str) -> bool:
    if _CORE not in f"{path}/":
        return True
    return path.partition(_CORE)[2] in _ASKED and path.startswith(_CORE)

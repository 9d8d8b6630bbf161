"""A real HTTPS server on loopback with a temporary certificate, its own folder, and faults that a test requests."""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import trustme

TOKEN = "token-that-nobody-may-see"


@dataclass
class HttpsServer:
    """What the server was told to do and what it saw.

    `faults`, one per request: `cut` breaks the connection during the upload, `lost` stores and answers nothing, a number is the status.
    A server that `streams` writes an upload under its name as it arrives, so that half of a broken upload is visible.
    """

    root: Path
    ca_file: Path
    faults: list[str | int] = field(default_factory=list)
    streams: bool = False
    answer: bytes = b"received\n"
    port: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address of its inbox."""
        return f"https://localhost:{self.port}/inbox"

    def visible(self) -> list[str]:
        """Names that are visible in the inbox."""
        return sorted(path.name for path in (self.root / "inbox").iterdir() if not path.name.startswith("."))


@contextmanager
def https_server(root: Path, name: str = "localhost") -> Iterator[HttpsServer]:
    """Runs a server over `root` whose certificate is for `name`, for as long as the context lasts."""
    (root / "inbox").mkdir(parents=True)
    authority = trustme.CA()
    ca_file = root / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    server = HttpsServer(root, ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    server.port = listener.server_address[1]
    thread = threading.Thread(target=listener.serve_forever, daemon=True, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def _handler(server: HttpsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            fault = self._begin()
            place, length = self._place(), int(self.headers["Content-Length"])
            if self.headers["If-None-Match"] == "*" and place.exists():
                self.rfile.read(length)
                return self._answer(412)
            content = self.rfile.read(length // 2)
            if server.streams:
                place.write_bytes(content)
            if fault == "cut":
                return self._drop()
            content += self.rfile.read(length - len(content))
            if isinstance(fault, int):
                return self._answer(fault)
            digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
            if self.headers["Content-Digest"] != f"sha-256=:{digest}:" or self.headers["Authorization"] != f"Bearer {TOKEN}":
                return self._answer(401)
            place.write_bytes(content)
            return self._drop() if fault == "lost" else self._answer(201, server.answer)

        def do_GET(self) -> None:
            fault = self._begin()
            if isinstance(fault, int):
                return self._answer(fault)
            place = self._place()
            return self._answer(200, place.read_bytes()) if place.is_file() else self._answer(404)

        def do_HEAD(self) -> None:
            self._begin()
            self._answer(200 if self._place().is_file() else 404)

        def do_MOVE(self) -> None:
            self._begin()
            place = server.root / unquote(urlsplit(self.headers["Destination"]).path).lstrip("/")
            if place.exists():
                return self._answer(412)
            self._place().rename(place)
            return self._answer(201)

        def _begin(self) -> str | int | None:
            server.requests.append((self.command, Path(unquote(self.path)).name))
            server.headers.append(dict(self.headers))
            return server.faults.pop(0) if server.faults else None

        def _place(self) -> Path:
            return server.root / unquote(self.path).lstrip("/")

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "https://localhost:1/elsewhere")
            if status == 503:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _drop(self) -> None:
            self.close_connection = True
            self.connection.close()

        def log_message(self, format: str, *args: Any) -> None:
            """A test server logs nothing."""

    return Handler

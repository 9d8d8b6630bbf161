"""Whether a server may have the address and port that it is asked to serve on."""

from __future__ import annotations

import socket

from glassbook.errors import InputError


def require_place(address: str, port: int) -> None:
    """Raises InputError where nothing can listen there: the port is taken or reserved, or the address is none of this machine."""
    try:
        kind, _, _, _, place = socket.getaddrinfo(address or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as tried:
            # As servers do it: a port that was in use a moment ago is free.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except OSError as error:
        raise InputError(
            found=f"{error.strerror or error}",
            where=f"--address {address} --port {port}",
            expected="an address of this machine and a port that is free",
            remedy="Stop what serves there, or name another --port or --address.",
        ) from error

"""Sites served as `glassbook serve --public` serves them, in a thread of this process: a browser has their real headers.

Belongs here: starting and stopping. Does not: what is requested; the command itself is tested in tests/site.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from dashboards.access.site_server import site_app


@contextmanager
def served(folders: Mapping[str, Path]) -> Iterator[dict[str, str]]:
    """The addresses of the sites of `folders`, each on its own host, until the end of the block."""
    sockets, servers = {}, []
    for name, folder in folders.items():
        # It accepts connections from here on: requests made before the thread runs are answered then.
        sockets[name] = socket.create_server(("127.0.0.1", 0))
        app = site_app(folder, address="127.0.0.1")
        servers.append(uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")))

    async def serve() -> None:
        await asyncio.gather(*(server.serve(sockets=[held]) for server, held in zip(servers, sockets.values(), strict=True)))

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        yield {name: f"http://127.0.0.1:{held.getsockname()[1]}" for name, held in sockets.items()}
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()

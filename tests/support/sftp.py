"""A real SFTP server on loopback, with its own folder and faults that a test requests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "glassbook", "geheim-and-long"


@dataclass
class SftpServer:
    """What the server was told to do and what it saw. `cuts`: connections to break after that many bytes of an upload, one by one."""

    root: Path
    cuts: list[int] = field(default_factory=list)
    host_key: str = ""
    port: int = 0
    logins: list[str] = field(default_factory=list)
    visible_at_cut: list[list[str]] = field(default_factory=list)
    client_keys: list[str] = field(default_factory=list)

    def address(self, folder: str = "inbox") -> str:
        """The address of a folder of this server."""
        return f"sftp://{USER}@127.0.0.1:{self.port}/{folder}"

    def visible(self) -> list[str]:
        """Names that are visible in the inbox."""
        return sorted(path.name for path in (self.root / "inbox").iterdir() if not path.name.startswith("."))


@contextmanager
def sftp_server(root: Path) -> Iterator[SftpServer]:
    """Runs a server over `root` with its folder `inbox` for as long as the context lasts."""
    server = SftpServer(root)
    (root / "inbox").mkdir(parents=True)
    key = asyncssh.generate_private_key("ssh-ed25519")
    server.host_key = key.export_public_key().decode().strip()

    class Login(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            server.logins.append(username)
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, PASSWORD)

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return username == USER and key.export_public_key().decode().strip() in server.client_keys

    class Files(asyncssh.SFTPServer):
        def write(self, file_obj: object, offset: int, data: bytes) -> Any:
            if server.cuts and offset + len(data) > server.cuts[0]:
                server.cuts.pop(0)
                server.visible_at_cut.append(server.visible())
                self.channel.get_connection().abort()
                raise asyncssh.SFTPFailure("cut")
            return super().write(file_obj, offset, data)

    loop = asyncio.new_event_loop()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Login,
            server_host_keys=[key],
            sftp_factory=lambda channel: Files(channel, chroot=str(root)),
        )

    acceptor = loop.run_until_complete(listen())
    server.port = acceptor.get_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def close() -> None:
        acceptor.close()
        await acceptor.wait_closed()

    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

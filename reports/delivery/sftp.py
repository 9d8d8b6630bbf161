"""Delivery by SFTP: the server's key is checked, the parcel goes up under a hidden name and is renamed once it is whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncssh

from glassbook.delivery_target import DeliveryTarget
from glassbook.errors import InputError
from reports.delivery.adapter import NotDelivered, Parcel, Receipt, TransientFault, other_content

_PORT = 22
# A server that leaves this many calls in a row without an answer is gone.
_CALLS_UNANSWERED = 3
_PASSING = (
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    asyncssh.SFTPFailure,  # for faults without a code in the standard, such as a full disk
    asyncssh.SFTPNoSpaceOnFilesystem,
    asyncssh.SFTPQuotaExceeded,
)
_LASTING = (asyncssh.PermissionDenied, asyncssh.KeyExchangeFailed, asyncssh.ProtocolNotSupported, asyncssh.IllegalUserName)


class SftpAdapter:
    """Uploads into the folder of an address `sftp://user@host:port/folder`; `/~/` at its beginning is the folder of the login."""

    def __init__(self, target: DeliveryTarget) -> None:
        parts = urlsplit(target.address)
        self._target = target
        self._host, self._port, self._user = parts.hostname or "", parts.port or _PORT, unquote(parts.username or "")
        path = unquote(parts.path)
        self._folder = path.removeprefix("/~/") if path.startswith("/~/") else path or "/"
        self._where = f"sftp://{self._host}:{self._port}"

    def deliver(self, parcel: Parcel) -> Receipt:
        """One attempt. Raises InputError for a key that cannot be read, TransientFault or NotDelivered."""
        # Read before the loop begins: a problem of our own files is not a fault of delivery.
        options = self._options()
        with self._faults():
            return asyncio.run(self._deliver(parcel, options))

    async def _deliver(self, parcel: Parcel, options: dict[str, Any]) -> Receipt:
        async with asyncssh.connect(self._host, self._port, **options) as connection:
            key = connection.get_server_host_key()
            facts = {"server": self._where, "host_key": "" if key is None else key.get_fingerprint()}
            async with connection.start_sftp_client() as sftp:
                return await self._upload(sftp, parcel, facts)

    async def _upload(self, sftp: asyncssh.SFTPClient, parcel: Parcel, facts: dict[str, str]) -> Receipt:
        place = _join(self._folder, parcel.name)
        facts["path"] = place
        if await sftp.exists(place):
            # Reading one byte more than ours is enough to see a difference; an endless file cannot fill the memory.
            if await _read(sftp, place, len(parcel.content) + 1) != parcel.content:
                raise other_content(f"{self._where} {place}")
            return Receipt("already_there", facts)
        hidden = _join(self._folder, f".{parcel.name}.part")
        async with sftp.open(hidden, "wb") as remote:
            await remote.write(parcel.content)
            try:
                await remote.fsync()
            except asyncssh.SFTPOpUnsupported:
                facts["fsync"] = "not supported by the server"
        size = (await sftp.stat(hidden)).size
        if size != len(parcel.content):
            raise TransientFault(f"{self._where} {hidden}: {size} bytes arrived of {len(parcel.content)}")
        # The standard's rename never replaces an existing file.
        await sftp.rename(hidden, place)
        return Receipt("delivered", facts | {"bytes": str(size)})

    def _options(self) -> dict[str, Any]:
        target = self._target
        password = target.password_text()
        options: dict[str, Any] = {
            "username": self._user,
            "known_hosts": ([self._host_key()], [], []),
            # Take nothing from the account that runs this: no configuration, no agent, no keys except those named.
            "config": None,
            "agent_path": None,
            "client_keys": None,
            "connect_timeout": target.timeout_seconds,
            "login_timeout": target.timeout_seconds,
            "keepalive_interval": target.timeout_seconds / _CALLS_UNANSWERED,
            "keepalive_count_max": _CALLS_UNANSWERED,
        }
        if target.key_file is None:
            return options | {"password": password, "preferred_auth": "password,keyboard-interactive"}
        try:
            key = asyncssh.read_private_key(target.key_file, password)
        except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise InputError(
                found=f"no private key that opens ({type(error).__name__})",
                where=str(target.key_file),
                expected="the private key of the delivery target, and its passphrase as password",
                remedy="Correct key_file, password or password_file of the target.",
            ) from None
        return options | {"client_keys": [key], "preferred_auth": "publickey"}

    def _host_key(self) -> asyncssh.SSHKey:
        try:
            return asyncssh.import_public_key(self._target.host_key)
        except asyncssh.KeyImportError:
            raise InputError(
                found="no public key",
                where="host_key of the delivery target",
                expected="the server's public key, such as `ssh-ed25519 AAAA…`",
                remedy="Ask the recipient for it; do not take it from the connection itself.",
            ) from None

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Distinguishes transient from permanent faults."""
        where = self._where
        try:
            yield
        except asyncssh.HostKeyNotVerifiable:
            raise NotDelivered(
                f"{where}: the server's key is not the host_key of the target. Nothing was sent: it may be another machine. "
                "Ask the recipient whether the key was changed."
            ) from None
        except _LASTING as error:
            raise NotDelivered(f"{where}: {error.reason}. Ask the recipient about user, password and keys.") from None
        except (asyncssh.DisconnectError, asyncssh.ChannelOpenError) as error:
            raise TransientFault(f"{where}: {error.reason}") from None
        except _PASSING as error:
            raise TransientFault(f"{where}: {error.reason}") from None
        except asyncssh.SFTPError as error:
            raise NotDelivered(f"{where} {self._folder}: {error.reason}. Ask the recipient about the folder and its rights.") from None
        except (OSError, TimeoutError) as error:
            raise TransientFault(f"{where}: {error.strerror or type(error).__name__}") from None


async def _read(sftp: asyncssh.SFTPClient, path: str, limit: int) -> bytes:
    async with sftp.open(path, "rb") as remote:
        content = await remote.read(limit)
    assert isinstance(content, bytes)
    return content


def _join(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder not in ("", ".") else name

"""Where packages are delivered to, as the settings name it: address, proof of the server's identity, and our credentials.

Belongs here: the setting and its rules. Does not: delivering (reports.delivery).
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from glassbook.errors import InputError

Scheme = Literal["file", "sftp", "https"]


class DeliveryTarget(BaseModel):
    """One place of delivery: a folder, an SFTP server or an HTTPS address.

    Passwords and tokens come from a file, or from the environment by the setting of the same name; they are never part of the address.
    """

    # Errors about a target do not repeat the given value: it may be a password in the wrong place.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    address: str = Field(description="file:///folder, sftp://user@host:port/folder (/~/ for the login folder), or https://host/path.")
    host_key: str = Field("", description="SFTP: public key of the server, such as `ssh-ed25519 AAAA…`.")
    key_file: Path | None = Field(None, description="SFTP: our private key; `password` is its passphrase then.")
    ca_file: Path | None = Field(None, description="HTTPS: certificates to trust instead of the public ones.")
    user: str = Field("", description="HTTPS: name for basic authentication.")
    is_webdav: bool = Field(False, description="HTTPS: upload under another name, then MOVE; for servers that show what has half arrived.")
    password: SecretStr | None = None
    password_file: Path | None = None
    token: SecretStr | None = Field(None, description="HTTPS: bearer token.")
    token_file: Path | None = None
    attempts: int = Field(5, ge=1, le=100, description="Attempts in all when a fault may pass.")
    pause_seconds: float = Field(5, ge=0, le=3600, description="Pause after the first fault; doubles with each, to five minutes.")
    timeout_seconds: float = Field(60, gt=0, le=86400, description="How long the other side may be silent.")

    @field_validator("address")
    @classmethod
    def _known_address(cls, value: str) -> str:
        # The messages do not repeat the address: it may hold a password that does not belong there.
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            raise ValueError("is not an address") from None
        if parts.scheme not in ("file", "sftp", "https"):
            raise ValueError("must begin with file://, sftp:// or https://")
        if parts.password is not None or (parts.scheme == "https" and parts.username):
            raise ValueError("must not hold a user's password; use password_file, token_file or the environment")
        if parts.query or parts.fragment:
            raise ValueError("must end with its path")
        if parts.scheme == "file" and (parts.netloc or not parts.path):
            raise ValueError("must be file:/// and an absolute folder")
        if parts.scheme != "file" and not parts.hostname:
            raise ValueError("must name a host")
        return value

    @model_validator(mode="after")
    def _fits_the_scheme(self) -> DeliveryTarget:
        if self.scheme == "sftp" and not self.host_key:
            raise ValueError("sftp needs host_key, the public key of the server")
        if self.scheme == "sftp" and not urlsplit(self.address).username:
            raise ValueError("sftp needs a user in the address")
        return self

    @property
    def scheme(self) -> Scheme:
        """What kind of place it is."""
        scheme: Scheme = urlsplit(self.address).scheme  # type: ignore[assignment]  # checked above
        return scheme

    def password_text(self) -> str | None:
        """The password, from the setting or its file; None when there is none. Raises InputError for a file that cannot be read."""
        return _secret(self.password, self.password_file)

    def token_text(self) -> str | None:
        """The token, likewise."""
        return _secret(self.token, self.token_file)

    def secrets(self) -> list[str]:
        """All secrets that no log may contain, as they are and as they are sent. Raises InputError for a file that cannot be read."""
        found = [text for text in (self.password_text(), self.token_text()) if text]
        return [*found, *([self.basic_credentials()] if self.scheme == "https" and self.password_text() else [])]

    def basic_credentials(self) -> str:
        """User and password as basic authentication sends them (RFC 7617)."""
        return base64.b64encode(f"{self.user}:{self.password_text()}".encode()).decode()


def _secret(given: SecretStr | None, file: Path | None) -> str | None:
    if given is not None:
        return given.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            found=f"no readable text ({type(error).__name__})",
            where=str(file),
            expected="the password or token of a delivery target",
            remedy="Correct the path or the rights of the file.",
        ) from None

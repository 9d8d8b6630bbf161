"""The register of public keys, `HOME/keys/register.json`: who may sign, from when, until when, and what was revoked.

A key's id is the SHA-256 of its 32 bytes. No entry is ever removed, so that old signatures stay verifiable. The register holds nothing
secret; a recipient needs it to verify a filing. Private keys lie in `HOME/keys/private/` (private_keys.py).
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from glassbook.disk import only_one
from glassbook.errors import InputError
from glassbook.json_text import parse_json
from glassbook.settings import Settings
from reports.filing.package.package import write_whole

REGISTER_NAME = "register.json"
# One spelling per person: two ids that look alike would let one person sign twice.
PERSON = r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*"


@dataclass(frozen=True)
class PublicKey:
    """A key of a person. Instants are ISO text (UTC); the key is valid from `valid_from` (included) to `valid_until` (excluded)."""

    key: str
    person: str
    name: str
    public: str
    valid_from: str
    valid_until: str
    revoked_at: str | None = None
    revoked_reason: str | None = None

    def refusal(self, at: datetime) -> str | None:
        """Why the key may not sign at that instant; None when it may."""
        if at < datetime.fromisoformat(self.valid_from):
            return f"is valid only from {self.valid_from} on"
        if self.revoked_at is not None and at >= datetime.fromisoformat(self.revoked_at):
            return f"was revoked at {self.revoked_at} ({self.revoked_reason})"
        if at >= datetime.fromisoformat(self.valid_until):
            return f"ended at {self.valid_until}"
        return None


def letters(text: str) -> str:
    """The letters and digits of a text without differences of case, width and spacing: for comparing names or reasons."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def key_id(public: bytes) -> str:
    """The id of a public key: the SHA-256 of its bytes."""
    return hashlib.sha256(public).hexdigest()


def register_path(settings: Settings) -> Path:
    """The register's file."""
    return settings.keys_dir / REGISTER_NAME


def read_register(settings: Settings) -> list[PublicKey]:
    """Every key ever registered, oldest first; none if there is no register. Raises InputError."""
    path = register_path(settings)
    return parse_register(path.read_bytes(), path) if path.is_file() else []


def parse_register(content: bytes, where: Path) -> list[PublicKey]:
    """The keys in a register's file. Raises InputError unless the file is exactly as Glassbook writes it."""
    try:
        keys = [PublicKey(**entry) for entry in parse_json(content)["keys"]]
        problem = next((found for key in keys if (found := _problem(key)) is not None), None)
        if problem is None and register_text(keys).encode() != content:
            problem = "it is not written as Glassbook writes it"
        if problem is None and len({key.key for key in keys}) != len(keys):
            problem = "a key is in it twice"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"it cannot be read: {error}"
    if problem is not None:
        raise InputError(
            found=f"a register that was changed: {problem}",
            where=str(where),
            expected="the register as `glassbook keys` wrote it",
            remedy="Restore the file from a backup.",
        )
    return keys


def live_key(keys: list[PublicKey], person: str, at: datetime) -> PublicKey | None:
    """The key with which `person` may sign at that instant; at most one exists.

    A revoked key never signs again, even when a clock was set back.
    """
    return next((key for key in keys if key.person == person and key.revoked_at is None and key.refusal(at) is None), None)


@contextmanager
def changing_register(settings: Settings) -> Iterator[list[PublicKey]]:
    """Locks the register for one change: writes the list as it is at the end, unless nothing changed."""
    with only_one(settings.keys_dir / ".lock"):
        keys = read_register(settings)
        before = list(keys)
        yield keys
        if keys != before:
            write_whole(register_path(settings), register_text(keys).encode())


def revoke_key(settings: Settings, person: str, reason: str, at: datetime) -> PublicKey:
    """Ends the live key of `person` at that instant; what it signed before stays valid. Raises InputError."""
    with changing_register(settings) as keys:
        key = live_key(keys, person, at)
        if key is None:
            raise InputError(
                found=f"no live key of {person}",
                where=str(register_path(settings)),
                expected="a person with a key that is neither revoked nor ended",
                remedy="`glassbook keys list` shows every key.",
            )
        if not reason.strip():
            raise InputError(found="no reason", where="--reason", expected="why the key is revoked", remedy="Say it in a few words.")
        revoked = replace(key, revoked_at=at.isoformat(), revoked_reason=reason.strip())
        keys[keys.index(key)] = revoked
    return revoked


def register_text(keys: list[PublicKey]) -> str:
    """The register's file."""
    return json.dumps({"keys": [asdict(key) for key in keys]}, ensure_ascii=False, indent=2) + "\n"


def _problem(key: PublicKey) -> str | None:
    instants: list[Any] = [key.valid_from, key.valid_until, *([] if key.revoked_at is None else [key.revoked_at])]
    if not re.fullmatch(PERSON, key.person) or key.key != key_id(bytes.fromhex(key.public)):
        return f"key {key.key}: person, key and id do not belong together"
    if any(datetime.fromisoformat(instant).tzinfo is None for instant in instants):
        return f"key {key.key}: an instant has no offset"
    return None

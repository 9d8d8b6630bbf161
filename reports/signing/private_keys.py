"""Private keys: made here, kept encrypted (PKCS #8, one passphrase per person), opened for one signature, never written in clear."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from glassbook.errors import InputError
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from reports.signing.register import PERSON, PublicKey, changing_register, key_id, letters, live_key

SHORTEST_PASSPHRASE = 12
# The most that OpenSSL accepts, in bytes.
LONGEST_PASSPHRASE = 1023


def private_path(settings: Settings, key: PublicKey) -> Path:
    """The file of the private key for an entry of the register."""
    return settings.keys_dir / "private" / f"{key.person}-{key.key[:12]}.pem"


def new_key(settings: Settings, person: str, name: str, passphrase: str, at: datetime, days: int) -> PublicKey:
    """Makes a key for `person`, valid from `at` for `days`, and registers it.

    Raises InputError for a person with a live key, an unusable name or another person's name, or an unusable passphrase.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, PublicFormat

    _refuse(person, name, passphrase)
    with changing_register(settings) as keys:
        held = live_key(keys, person, at)
        if held is not None:
            raise InputError(
                found=f"a live key of {person}, {held.key[:16]}",
                where=str(settings.keys_dir),
                expected="one key per person",
                remedy=f"Sign with it, or end it first: glassbook keys revoke {person} --reason TEXT",
            )
        _refuse_namesake(keys, person, name)
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        until = at + timedelta(days=days)
        made = PublicKey(key_id(public), person, name.strip(), public.hex(), at.isoformat(), until.isoformat())
        path = private_path(settings, made)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        encrypted = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_bytes(passphrase)))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(encrypted)
            file.flush()
            os.fsync(file.fileno())
        checkpoint("key_before_register")
        keys.append(made)
    return made


def sign_with(settings: Settings, key: PublicKey, passphrase: str, message: bytes) -> bytes:
    """The Ed25519 signature of `message`. Raises InputError when the key's file is missing or the passphrase is wrong."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

    path = private_path(settings, key)
    try:
        private = load_pem_private_key(path.read_bytes(), _bytes(passphrase))
    except FileNotFoundError:
        raise InputError(
            found="no private key",
            where=str(path),
            expected=f"the private key of {key.person}",
            remedy="Sign where the key lies, or bring the file here for the moment.",
        ) from None
    except (ValueError, TypeError) as error:
        raise InputError(
            found="a private key that this passphrase does not open",
            where=str(path),
            expected=f"the passphrase of {key.person}",
            remedy="Try again; a passphrase that is lost cannot be found again: revoke the key and make a new one.",
        ) from error
    if not isinstance(private, Ed25519PrivateKey) or private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex() != key.public:
        raise InputError(
            found="another key", where=str(path), expected=f"the private key {key.key[:16]}", remedy="Restore the file from a backup."
        )
    return private.sign(message)


def _bytes(passphrase: str) -> bytes:
    # From the environment it may hold bytes that are not UTF-8; this restores the same bytes.
    return passphrase.encode(errors="surrogateescape")


def _refuse(person: str, name: str, passphrase: str) -> None:
    if not re.fullmatch(PERSON, person):
        raise InputError(
            found=repr(person),
            where="PERSON",
            expected="small letters and digits, such as li.na",
            remedy="Choose such an id; --name shows the name.",
        )
    if not letters(name) or not name.replace("\u3000", " ").isprintable():
        raise InputError(found=ascii(name), where="--name", expected="the person's name on one line", remedy="Write the name.")
    if len(passphrase) < SHORTEST_PASSPHRASE or len(_bytes(passphrase)) > LONGEST_PASSPHRASE:
        raise InputError(
            found=f"a passphrase of {len(passphrase)} characters",
            where="the passphrase",
            expected=f"at least {SHORTEST_PASSPHRASE} characters, and at most {LONGEST_PASSPHRASE} bytes",
            remedy="Take a sentence that is easy to remember and hard to guess.",
        )


def _refuse_namesake(keys: list[PublicKey], person: str, name: str) -> None:
    """One person has one id: with two ids a person could sign in two roles."""
    held = next((key for key in keys if key.person != person and letters(key.name) == letters(name)), None)
    if held is not None:
        raise InputError(
            found=f"the name of {held.person}",
            where="--name",
            expected="one id per person, and names that distinguish people",
            remedy=f"Sign as {held.person}. When two people have the same name, add what distinguishes them, such as 李娜（风控部）.",
        )

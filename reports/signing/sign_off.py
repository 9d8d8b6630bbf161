"""A sign-off: the lines that a person signs, and their signature, as text that anyone can read.

    filing REGIME-PERIOD
    version 1
    seal 60303a…        the package, by the last line of its SEAL
    role preparer
    person li.na
    key 9f86d0…         SHA-256 of the public key
    at 2020-01-06T02:00:00+00:00
    log 4a5e1e…         the newest entry of the log of filings at that moment, or none
    signature e5564300…

The signature covers the line `glassbook sign-off 1` and all of these lines except the last, each ended by a newline, in UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from reports.signing.register import PERSON

PREFIX = "glassbook sign-off 1\n"
_FIELDS = ("filing", "version", "seal", "role", "person", "key", "at", "log", "signature")
_SHAPE = re.compile("".join(rf"{name} (?P<{name}>[^\n]+)\n" for name in _FIELDS))
_HASH = r"[0-9a-f]{64}"
_SHAPES = {
    **{"version": r"[1-9][0-9]*", "seal": _HASH, "key": _HASH, "log": rf"{_HASH}|none", "signature": r"[0-9a-f]{128}"},
    "person": PERSON,
    # One spelling that every Python reads in the same way: that of `datetime.isoformat` for UTC.
    "at": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{6})?\+00:00",
}
# Points of small order, by their y: with such a key anyone's signature is valid.
_MODULUS = 2**255 - 19
_ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_SMALL_ORDER = {0, 1, _MODULUS - 1, _ORDER_8, _MODULUS - _ORDER_8}


@dataclass(frozen=True)
class SignOff:
    """One sign-off; hashes, key and signature are lower-case hexadecimal, `at` is ISO text in UTC, `log` None for an empty log."""

    filing: str
    version: int
    seal: str
    role: str
    person: str
    key: str
    at: str
    log: str | None
    signature: str = ""

    def message(self) -> bytes:
        """The bytes that are signed."""
        return (PREFIX + self._lines()).encode()

    def text(self) -> str:
        """The sign-off with its signature."""
        return f"{self._lines()}signature {self.signature}\n"

    @property
    def instant(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.at)

    def is_signed_by(self, public: str) -> bool:
        """Whether the signature was made with the key of that public key (hexadecimal)."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if _is_no_key(bytes.fromhex(public)) or _is_no_key(bytes.fromhex(self.signature)[:32]):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(self.signature), self.message())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _lines(self) -> str:
        values = [self.filing, self.version, self.seal, self.role, self.person, self.key, self.at, self.log or "none"]
        return "".join(f"{name} {value}\n" for name, value in zip(_FIELDS, values, strict=False))


def _is_no_key(point: bytes) -> bool:
    """Whether a point is of small order, or not encoded as RFC 8032 says."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    return y >= _MODULUS or y in _SMALL_ORDER


def parse_sign_off(text: str) -> SignOff:
    """The sign-off that `text` states. Raises ValueError unless it is, byte for byte, one that `SignOff.text` writes."""
    found = _SHAPE.fullmatch(text)
    if found is None or any(not re.fullmatch(shape, found[name]) for name, shape in _SHAPES.items()):
        raise ValueError("it is not a sign-off as Glassbook writes it")
    datetime.fromisoformat(found["at"])  # raises for a day or hour that does not exist
    log = None if found["log"] == "none" else found["log"]
    values = {name: found[name] for name in ("filing", "seal", "role", "person", "key", "at", "signature")}
    return SignOff(version=int(found["version"]), log=log, **values)

"""The seal of a package: SHA-256 of every file, of the seal before it, and of the whole, as text that anyone can check.

    glassbook-seal 1
    previous none
    file 9f86d0…  checks.json
    whole 60303a…

`whole` is the SHA-256 of all lines above it; later seals, pages and letters refer to this seal by it.
The lines are exactly what `sha256sum` prints, so `sed -n 's/^file //p' SEAL | sha256sum --check` needs no Glassbook.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

SEAL_NAME = "SEAL"
_FIRST_LINE = "glassbook-seal 1"
_HASH = r"[0-9a-f]{64}"


@dataclass(frozen=True)
class Seal:
    """A seal, read or made; `files` maps names to SHA-256."""

    previous: str | None
    files: Mapping[str, str]

    @property
    def body(self) -> str:
        """The lines over which `whole` is computed."""
        lines = [_FIRST_LINE, f"previous {self.previous or 'none'}"]
        lines += [f"file {self.files[name]}  {name}" for name in sorted(self.files)]
        return "\n".join(lines) + "\n"

    @property
    def whole(self) -> str:
        """SHA-256 of the whole, the seal's own name."""
        return sha256(self.body.encode())

    def text(self) -> str:
        """The file SEAL."""
        return f"{self.body}whole {self.whole}\n"


def sha256(content: bytes) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(content).hexdigest()


def make_seal(contents: Mapping[str, bytes], previous: str | None) -> Seal:
    """The seal of files given by name. Raises ValueError for a name or a previous seal that it cannot state."""
    for name in contents:
        if name != name.strip() or not name or "\n" in name or name == SEAL_NAME:
            raise ValueError(f"a sealed file cannot be called {name!r}")
    if previous is not None and not re.fullmatch(_HASH, previous):
        raise ValueError(f"not the SHA-256 of a seal: {previous!r}")
    return Seal(previous, {name: sha256(content) for name, content in contents.items()})


def parse_seal(content: bytes) -> Seal:
    """The seal in a file SEAL. Raises ValueError unless it is, byte for byte, one that `make_seal` would write."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    listed = re.findall(rf"^file ({_HASH})  (.+)$", text, flags=re.MULTILINE)
    previous = re.search(rf"^previous ({_HASH})$", text, flags=re.MULTILINE)
    seal = Seal(previous[1] if previous else None, {name: digest for digest, name in listed})
    if seal.text() != text:
        raise ValueError("its lines do not follow from one another (its own SHA-256 differs)")
    return seal

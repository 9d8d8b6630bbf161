"""The file SIGNATURES of a package: every sign-off, and the public keys for them.

It lies beside the seal and is not part of it: the seal names the bytes of the filing, the signatures name the seal. The public keys in it
show which key signed; only the register proves that the key belongs to the person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.signing.register import PublicKey, key_id
from reports.signing.sign_off import SignOff, parse_sign_off

SIGNATURES_NAME = "SIGNATURES"
_FIRST_LINE = "glassbook-signatures 1"
_KEY_LINE = re.compile(r"public-key ([0-9a-f]{64}) (\S+)")


@dataclass(frozen=True)
class Signatures:
    """Sign-offs in the order of signing; `publics` are the keys (hexadecimal) by id."""

    sign_offs: tuple[SignOff, ...]
    publics: dict[str, str]

    def text(self) -> str:
        """The file."""
        blocks = [_FIRST_LINE + "\n", *(sign_off.text() for sign_off in self.sign_offs)]
        lines = [f"public-key {self.publics.get(sign_off.key, '')} {sign_off.person}\n" for sign_off in self.sign_offs]
        return "\n".join([*blocks, "".join(lines)])


def make_signatures(sign_offs: Sequence[SignOff], register: Iterable[PublicKey]) -> Signatures:
    """The signatures of a package; every sign-off was made with a key of the register."""
    wanted = {sign_off.key for sign_off in sign_offs}
    return Signatures(tuple(sign_offs), {key.key: key.public for key in register if key.key in wanted})


def parse_signatures(content: bytes) -> Signatures:
    """The content of a file SIGNATURES. Raises ValueError unless it is, byte for byte, as `Signatures.text` writes it."""
    try:
        first, *blocks, keys = content.decode().split("\n\n")
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except ValueError as error:
        raise ValueError("its parts are missing") from error
    sign_offs = tuple(parse_sign_off(block + "\n") for block in blocks)
    publics = {key_id(bytes.fromhex(found[1])): found[1] for line in keys.splitlines() if (found := _KEY_LINE.fullmatch(line))}
    signatures = Signatures(sign_offs, publics)
    if first != _FIRST_LINE or not sign_offs or signatures.text().encode() != content:
        raise ValueError("its lines are not as Glassbook writes them")
    return signatures


def problems_of(
    signatures: Signatures, *, filing: str, version: int, seal: str, roles: Sequence[str], register: Sequence[PublicKey] | None
) -> list[str]:
    """Problems of a package's signatures; none when each role signed exactly this seal, each by a different person.

    With a register, every key must be in it, belong to the person and have been valid at that moment.
    """
    problems = []
    for sign_off in signatures.sign_offs:
        what = f"the sign-off of {sign_off.person} as {sign_off.role}"
        if (sign_off.filing, sign_off.version, sign_off.seal) != (filing, version, seal):
            problems.append(f"{what} is for another package ({sign_off.filing} version {sign_off.version}, seal {sign_off.seal[:16]}…)")
        public = signatures.publics.get(sign_off.key)
        if public is None or not sign_off.is_signed_by(public):
            problems.append(f"{what} was changed: the signature does not fit")
        if register is not None:
            problems += [f"{what}: {found}" for found in register_problems(sign_off, register)]
    given = [sign_off.role for sign_off in signatures.sign_offs]
    problems += [f"the sign-off as {role} is missing" for role in roles if role not in given]
    if sorted(given) == sorted(roles) and given != list(roles):
        problems.append(f"the sign-offs were reordered: {', '.join(given)}")
    problems += [f"a sign-off as {role} was added" for place, role in enumerate(given) if role not in roles or role in given[:place]]
    persons = [sign_off.person for sign_off in signatures.sign_offs]
    problems += [f"{person} signed in two roles" for person in sorted({p for p in persons if persons.count(p) > 1})]
    return problems


def register_problems(sign_off: SignOff, register: Sequence[PublicKey]) -> list[str]:
    """Why the register does not confirm a sign-off; nothing when it does."""
    key = next((key for key in register if key.key == sign_off.key), None)
    if key is None:
        return [f"key {sign_off.key[:16]}… is not in the register"]
    problems = [] if sign_off.is_signed_by(key.public) else ["the signature does not fit the registered key"]
    if key.person != sign_off.person:
        problems.append(f"key {sign_off.key[:16]}… belongs to {key.person}")
    refusal = key.refusal(sign_off.instant)
    return problems if refusal is None else [*problems, f"key {sign_off.key[:16]}… {refusal}"]

"""Three people who sign: their keys in a home, and their sign-offs of a seal. Does not: the life of a filing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from glassbook.settings import Settings
from reports.signing.private_keys import new_key, sign_with
from reports.signing.register import read_register
from reports.signing.sign_off import SignOff
from reports.signing.signatures import make_signatures

PASSPHRASE = "correct horse battery staple"
SIGNERS = {"preparer": "li.na", "approver": "wang.wei", "legal_representative": "zhang.min"}


def make_keys(settings: Settings, people: Iterable[str] = tuple(SIGNERS.values())) -> None:
    """Keys of people, valid from 2020 on."""
    for person in people:
        new_key(settings, person, person, PASSPHRASE, datetime(2020, 1, 1, tzinfo=UTC), 730)


def signatures_of(settings: Settings, filing: str, version: int, seal: str, roles: Iterable[str] = tuple(SIGNERS)) -> bytes:
    """The file SIGNATURES of a package that was signed in these roles, each by its own person, with the keys of the home."""
    register, sign_offs = read_register(settings), []
    for role in roles:
        key = next(key for key in register if key.person == SIGNERS[role])
        bare = SignOff(filing, version, seal, role, key.person, key.key, "2020-01-06T02:00:00+00:00", None)
        sign_offs.append(replace(bare, signature=sign_with(settings, key, PASSPHRASE, bare.message()).hex()))
    return make_signatures(sign_offs, register).text().encode()

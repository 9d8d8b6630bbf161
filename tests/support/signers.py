"""Three people who sign, and their keys in a home. Does not: signing anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from glassbook.settings import Settings
from reports.signing.private_keys import new_key

PASSPHRASE = "correct horse battery staple"
SIGNERS = {"preparer": "li.na", "approver": "wang.wei", "legal_representative": "zhang.min"}


def make_keys(settings: Settings, people: Iterable[str] = tuple(SIGNERS.values())) -> None:
    """Keys of people, valid from 2020 on."""
    for person in people:
        new_key(settings, person, person, PASSPHRASE, datetime(2020, 1, 1, tzinfo=UTC), 730)

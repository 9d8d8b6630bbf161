"""Messages about wrong settings: name and value of each, where it was given, and what is allowed. Never the value of a secret.

Belongs here: those messages. Does not: the rules (`setting_rules`, `settings`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic.fields import FieldInfo

from glassbook.errors import InputError, spelt
from glassbook.regimes import known_regimes
from glassbook.setting_rules import FIRST_YEAR, LAST_YEAR

PREFIX = "GLASSBOOK_"
WHERE = "settings (glassbook.toml and GLASSBOOK_*)"
_SECRET = {"passphrase", "delivery_targets", "source", "demo_database"}
"""Settings whose values are never shown: secrets, and addresses that may hold one."""
_LONGEST_TOLD = 80
_A_DAY = f"of the years {FIRST_YEAR} to {LAST_YEAR}"

ALLOWED = {
    "home": "the path of a folder without ? # { \\ in it, which is made where it is not there",
    "source": "an address as docs/sources.md lists them, such as postgresql://USER@HOST/DATABASE or the path of a folder",
    "mapping": "the path of a plain file; empty for none",
    "source_encoding": "auto, or an encoding of text such as utf-8, gb18030 or big5",
    "null_words": 'a list of words, such as ["\\\\N", "NULL"]',
    "personal_null_words": 'a list of words, such as ["\\\\N"]',
    "timezone": "an IANA time zone such as Europe/Prague",
    "country": "an ISO 3166-1 code of two capitals, of a country whose working days are known, such as CZ",
    "currency": "an ISO 4217 code of three capitals, such as CZK",
    "platform_name": "a name",
    "profile": "the path of a plain file; empty for profile/profile.yml in the home",
    "memory_limit": "a number with KB, MB, GB or TB (KiB …), from 256MB on, such as 2GB",
    "load_memory_limit": "a number with KB, MB, GB or TB (KiB …), from 256MB on, such as 600MB",
    "filings_since": f"a day such as 2019-12-01, {_A_DAY}; empty for none",
    "delivery_targets": "targets as docs/delivery.md describes them",
    "home_regime": f"one of {', '.join(known_regimes())}",
    "regimes": f"a list of {', '.join(known_regimes())}, the home regime in it; empty for every one that is installed",
    "over_90_amount": "outstanding_principal or overdue_amount",
    "overdue_rate_base": "principal_and_interest or principal",
    "count_promotional": "true or false",
    "own_hosts": 'a list of host names without scheme, port or path, such as ["example.com"]; empty for none',
    "return_hosts": 'a list of host names without scheme, port or path, such as ["pay.example.com"]; empty for none',
    "site_address": "an address such as https://books.example.com, with a path or without; empty for none",
    "app_hosts": 'a list of host names, such as ["books.example.org"]; empty for the loopback alone',
    "person": "a name; empty for the user of the operating system",
    "passphrase": "a passphrase, in the environment alone",
    "demo_database": "postgresql://USER@HOST/DATABASE; empty for a server of its own",
    "clock_now": f"an instant such as 2019-12-31T16:00:00Z, {_A_DAY}; empty for the clock of the machine",
    "fault_point": "the name of a point; empty for none",
}
"""What each setting may be, in words; numbers are described by the bounds of their field."""


def allowed(name: str, field: FieldInfo) -> str:
    """What a setting may be, in words."""
    if name in ALLOWED:
        return ALLOWED[name]
    least = next(bound.ge for bound in field.metadata if hasattr(bound, "ge"))
    most = next(bound.le for bound in field.metadata if hasattr(bound, "le"))
    return f"a whole number from {least} to {most:,}"


def wrong_values(
    errors: Iterable[Mapping[str, Any]], fields: dict[str, FieldInfo], fields_of_a_target: Collection[str], in_environment: Collection[str]
) -> InputError:
    """The error for settings that break their rules; `in_environment`: names that variables set, the others are from the file."""
    found, expected = [], []
    for error in errors:
        name, *inner = map(str, error["loc"])
        place = f"{PREFIX}{name.upper()}" if name in in_environment else "glassbook.toml"
        if error["type"] == "extra_forbidden":
            known = fields_of_a_target if inner else fields
            found.append(f"{'.'.join((name, *inner))}, which is no setting ({place})")
            expected.append(nearest(inner[-1] if inner else name, known))
            continue
        reason = error["msg"].removeprefix("Value error, ")
        full = ".".join((name, *inner))
        if name in _SECRET:
            found.append(f"{full}: {reason} ({place})")
        else:
            said = f", which {reason}" if error["type"] == "value_error" else ""
            found.append(f"{full} = {_told(error['input'])}{said} ({place})")
        expected.append(f"{name}: {allowed(name, fields[name])}")
    return InputError(
        found="; ".join(found),
        where=WHERE,
        expected="; ".join(dict.fromkeys(expected)),
        remedy="Correct or remove what is named; docs/operations.md has every setting.",
    )


def unknown_variables(names: Iterable[str], known: Collection[str]) -> InputError:
    """The error for variables that have our prefix and are not settings."""
    return InputError(
        found=", ".join(f"{PREFIX}{name.upper()}, which is no setting" for name in names),
        where=WHERE,
        expected="; ".join(dict.fromkeys(nearest(name.partition("__")[0], known, PREFIX) for name in names)),
        remedy="Correct the name, or remove the variable; docs/operations.md has every setting.",
    )


def nearest(name: str, known: Collection[str], prefix: str = "") -> str:
    """The known name that the user may have meant."""
    alike = get_close_matches(name.lower(), sorted(known), 1)
    shown = [f"{prefix}{one.upper() if prefix else one}" for one in alike]
    return f"perhaps {shown[0]}" if shown else f"one of {', '.join(sorted(known))}"


def _told(value: Any) -> str:
    """A value as it was given, cut if it is long; never a possible address with a password in it."""
    text = str(value)
    if "://" in text:
        return "an address, which is not shown"
    return spelt(text if len(text) <= _LONGEST_TOLD else text[:_LONGEST_TOLD] + "…") or "nothing"

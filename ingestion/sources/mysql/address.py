"""What an address of MySQL or MariaDB says about how to connect: user, password, socket and TLS, as MySQL's own client takes them.

Belongs here: reading the address and the client's option file. Does not: the session (`source`).
"""

from __future__ import annotations

import configparser
import getpass
import re
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from glassbook.errors import InputError
from glassbook.settings import mysql_password


def connect_options(url: SplitResult, options: dict[str, str], name: str) -> dict[str, Any]:
    """What the driver needs to connect: a password from the URL, MYSQL_PWD, or the [client] section of ~/.my.cnf or `defaults_file`.

    Raises InputError for an unknown option or an invalid value.
    """
    known = {
        "unix_socket",
        "socket",
        "charset",
        "defaults_file",
        "connect_timeout",
        "ssl_mode",
        "ssl_ca",
        "ssl_capath",
        "ssl_cert",
        "ssl_key",
    }
    given = {option.replace("-", "_"): value for option, value in options.items()}
    unknown = sorted(set(given) - known)
    if unknown:
        raise InputError(
            found=f"the option {', '.join(unknown)}",
            where=name,
            expected=f"one of {', '.join(sorted(known))}",
            remedy="Correct the part of the address behind the question mark.",
        )
    kept = _client_section(Path(given.get("defaults_file", "~/.my.cnf")).expanduser())
    if given.get("charset", "utf8mb4").lower() != "utf8mb4":
        raise InputError(
            found=f"charset={given['charset']}",
            where=name,
            expected="utf8mb4, in which every text arrives whole",
            remedy="Leave it out: the server translates tables of other character sets by itself.",
        )
    mode = _tls_mode(given, name)
    # Not urlsplit's own port: that raises for an invalid port.
    port = re.search(r":([^:\]]*)$", url.netloc.rpartition("@")[2])
    password = unquote(url.password) if url.password is not None else mysql_password() or kept.get("password", "")
    return {
        "host": url.hostname or kept.get("host") or "localhost",
        "port": _number("port", port[1] if port else kept.get("port", "3306"), name),
        "user": unquote(url.username) if url.username else kept.get("user") or getpass.getuser(),
        # The driver would encode a text in Latin-1.
        "password": password.encode(),
        "database": unquote(url.path.lstrip("/")),
        "unix_socket": given.get("unix_socket") or given.get("socket"),
        "charset": "utf8mb4",
        "connect_timeout": _number("connect_timeout", given.get("connect_timeout", "10"), name),
        "ssl": _tls(given, mode),
        "ssl_disabled": mode == "DISABLED",
        # No decoder: what the server wrote is what the engine reads.
        "conv": {},
        "autocommit": True,
    }


def _number(option: str, text: str, name: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) < 1 << 16:
        return int(text)
    raise InputError(found=f"{option} {text!r}", where=name, expected="a whole number below 65536", remedy="Correct the address.")


def _client_section(path: Path) -> dict[str, str]:
    reader = configparser.ConfigParser(allow_no_value=True, strict=False, interpolation=None)
    try:
        reader.read(path, encoding="utf-8")
    except configparser.Error:
        return {}
    section = dict(reader["client"]) if reader.has_section("client") else {}
    return {key: (value or "").strip("\"'") for key, value in section.items()}


def _tls_mode(given: dict[str, str], name: str) -> str:
    """The TLS mode, in the words of MySQL's own client. Without one, the server is verified if a CA is named, and TLS is used if it is
    offered."""
    mode = given.get("ssl_mode", "VERIFY_IDENTITY" if "ssl_ca" in given or "ssl_capath" in given else "PREFERRED").upper()
    modes = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")
    if mode not in modes:
        raise InputError(found=f"ssl_mode={mode}", where=name, expected=" or ".join(modes), remedy="Correct the address.")
    return mode


def _tls(given: dict[str, str], mode: str) -> ssl.SSLContext | None:
    """What verifies the server; None if the driver may use TLS or not, as it does by default."""
    if mode in ("DISABLED", "PREFERRED"):
        return None
    context = ssl.create_default_context(cafile=given.get("ssl_ca"), capath=given.get("ssl_capath"))
    context.check_hostname = mode == "VERIFY_IDENTITY"
    context.verify_mode = ssl.CERT_NONE if mode == "REQUIRED" else ssl.CERT_REQUIRED
    if "ssl_cert" in given:
        context.load_cert_chain(given["ssl_cert"], given.get("ssl_key"))
    return context

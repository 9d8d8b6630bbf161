"""What a kind of source declares: which addresses are its own, and how one is opened.

Belongs here: the record that each folder beside this file has as `ENGINE`. Does not: finding the engine of an address (`registry`), what an
open source answers (`table`, `database`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingestion.sources.database import DatabaseSource
    from ingestion.sources.table import Source

AUTO = "auto"
"""Encoding of CSV files: UTF-8, or GB18030 (with GBK and GB2312 in it) where that is what the bytes are."""
HEAD_BYTES = 16
"""An engine sees this many bytes from the start of a file, to say whether the file is its own."""


@dataclass(frozen=True)
class SourceEngine:
    """A kind of source. What opening one needs is imported when it is opened, so that a load brings no other engine's driver.

    `address`: how one is written, and `reads`: what is read there, as messages and docs/sources.md show them. `opens` takes an address and
    the encoding of CSV files, and gives a source whose tables are the contract's. `opens_tables` gives one with tables and columns of
    its own names, which a mapping reads; None where there is nothing to map. `dialect`: sqlglot's name of the SQL of such a mapping.

    An address is the engine's by one of its `schemes` (`SCHEME://…`), or as a path: where `recognises` says so of the path and
    of the file's first bytes, or where `takes_the_rest`, which one engine does, and no other recognises it.
    """

    address: str
    reads: str
    opens: Callable[[str, str], Source]
    opens_tables: Callable[[str, str], DatabaseSource] | None = None
    dialect: str = ""
    schemes: tuple[str, ...] = ()
    recognises: Callable[[Path, bytes], bool] | None = None
    takes_the_rest: bool = False


def opener(place: str, *, takes: Callable[[str], Any] = str, with_encoding: bool = False) -> Callable[[str, str], Any]:
    """Opens a source by a class that is imported then: `place` is module and class below this folder, such as `mysql.source:MySqlSource`.

    The class takes the address as `takes` makes it, and with `with_encoding` the encoding of CSV files.
    """
    module, _, name = place.partition(":")

    def opens(address: str, encoding: str) -> Any:
        source = getattr(import_module(f"ingestion.sources.{module}"), name)
        return source(takes(address), encoding) if with_encoding else source(takes(address))

    return opens

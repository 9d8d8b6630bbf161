"""Finds the engine of an address. Every folder beside this file is an engine, declared by its `ENGINE`: there is no other list.

Belongs here: finding all engines, and the one for an address. Does not: what an engine says (`source_engine`), opening one (`opening`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from glassbook.errors import InputError
from ingestion import sources
from ingestion.sources.source_engine import HEAD_BYTES, SourceEngine


@cache
def engines() -> dict[str, SourceEngine]:
    """Every engine by the name of its folder. Looking for them imports no driver."""
    names = [module.name for module in iter_modules(sources.__path__) if module.ispkg]
    return {name: import_module(f"{sources.__name__}.{name}").ENGINE for name in sorted(names)}


def dialects() -> tuple[str, ...]:
    """sqlglot's names of the SQL of all engines that a mapping can be for, each once."""
    return tuple(dict.fromkeys(engine.dialect for engine in engines().values() if engine.dialect))


def name_of_scheme(scheme: str) -> str | None:
    """Name of the engine whose URLs begin with `scheme`; None where there is none."""
    return next((name for name, engine in engines().items() if scheme in engine.schemes), None)


def engine_of(address: str, *, with_tables: bool = False) -> SourceEngine:
    """The engine of a URL or a path; `with_tables`: only among engines with tables of their own names.

    Raises InputError for a URL of a scheme that no engine has. Whether a path exists is for the engine to say.
    """
    asked = [engine for engine in engines().values() if engine.opens_tables or not with_tables]
    scheme, is_url, _ = address.partition("://")
    if is_url:
        found = next((engine for engine in asked if scheme in engine.schemes), None)
        if found is None:
            raise InputError(
                found=f"an address that begins with {scheme}://",
                where="--source",
                expected=f"one of: {'; '.join(engine.address for engine in in_order(asked))}",
                remedy="Name one of these; other databases can be exported to a folder.",
            )
        return found
    path = Path(address)
    head = _head(path)
    recognised = (engine for engine in asked if engine.recognises is not None and engine.recognises(path, head))
    return next(recognised, None) or next(engine for engine in asked if engine.takes_the_rest)


def in_order(listed: Iterable[SourceEngine]) -> list[SourceEngine]:
    """Engines for a reader: those with URLs first, otherwise in the order given."""
    return sorted(listed, key=lambda engine: not engine.schemes)


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as handle:
        return handle.read(HEAD_BYTES)

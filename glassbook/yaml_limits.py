"""Reads YAML from users, within limits: a few aliases of aliases can fill any memory, and deep nesting any stack.

Belongs here: how much a file may hold. Does not: what it must contain (`profile.reading`, `ingestion.mapping`), nor
what YAML would change of it (`yaml_as_written`).
"""

from __future__ import annotations

import errno
from pathlib import Path

import yaml

MOST_BYTES = 10_000_000
MOST_VALUES = 100_000
MOST_DEPTH = 100


class TooMuch(yaml.MarkedYAMLError):
    """More than a file of settings, a profile or a mapping may hold; `problem` says what, `problem_mark` where."""


def read_within_limits(path: Path) -> bytes:
    """A file's bytes. Raises OSError for one that cannot be read, and for one that is too large or endless, such as a device."""
    with path.open("rb") as handle:
        content = handle.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"more than {MOST_BYTES:,} bytes", str(path))
    return content


def compose(content: bytes | str, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> yaml.Node | None:
    """The document as nodes, with each alias counted every time it is used. Raises YAMLError, of which TooMuch is one."""
    try:
        node = yaml.compose(content, Loader=loader)
    except RecursionError:
        raise TooMuch(problem="values nested too deeply") from None
    if node is not None:
        _require_within_limits(node)
    return node


def construct(node: yaml.Node | None, loader: type[yaml.SafeLoader] = yaml.SafeLoader) -> object:
    """Nodes as plain values. Raises YAMLError, also for an impossible date and a number of thousands of digits."""
    if node is None:
        return None
    try:
        return loader("").construct_document(node)
    except ValueError as error:
        raise yaml.MarkedYAMLError(problem=f"a value that is none ({error})", problem_mark=node.start_mark) from None


def _require_within_limits(root: yaml.Node) -> None:
    waiting = [(root, 1)]
    counted = 0
    while waiting:
        node, depth = waiting.pop()
        counted += 1
        if depth > MOST_DEPTH:
            raise TooMuch(problem=f"more than {MOST_DEPTH} values within one another", problem_mark=node.start_mark)
        if counted + len(waiting) > MOST_VALUES:
            raise TooMuch(problem=f"more than {MOST_VALUES:,} values, repeated ones counted each time", problem_mark=node.start_mark)
        if isinstance(node, yaml.MappingNode):
            waiting += [(part, depth + 1) for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(part, depth + 1) for part in node.value]

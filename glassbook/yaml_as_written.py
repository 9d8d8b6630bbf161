"""Reads YAML from users as it is written: every key once, and no code or text that becomes another value.

Belongs here: what YAML 1.1 would change in silence. Does not: how much a file may hold (`yaml_limits`), what it must contain
(`ingestion.mapping`).

YAML takes the last of two equal keys, and reads 010 as 8, 12:30 as 750, 1_0 as 10, no as false, and null as nothing. A platform's codes
look like that.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

from glassbook.yaml_limits import compose, construct

_TEXT = "tag:yaml.org,2002:str"
_WORDS = {"true": True, "false": False}


class NotAsWritten(yaml.MarkedYAMLError):
    """YAML that has two readings; `problem` says what was found, `expected` what should be there instead, `problem_mark` where."""

    def __init__(self, found: str, expected: str, node: yaml.Node) -> None:
        super().__init__(problem=found, problem_mark=node.start_mark)
        self.expected = expected


class _Loader(yaml.SafeLoader):
    """Keys are texts as they are written; so are numbers with a point, days and instants."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        return super().construct_object(node, deep=deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        self.flatten_mapping(node)
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise NotAsWritten("a key that holds values", "a text", key)
            read = self._scalar(key)
            if read is None or isinstance(read, bool):
                raise _ambiguous(key, "nothing" if read is None else str(read).lower())
            key.tag = _TEXT
        return super().construct_mapping(node, deep=deep)

    def _scalar(self, node: yaml.ScalarNode) -> str | int | bool | None:
        """The value of a text, a number or a word. Raises NotAsWritten where YAML would read another one than is written."""
        kind, text = node.tag.rpartition(":")[2], node.value
        if kind == "null":
            return None
        if kind == "bool":
            if text.lower() not in _WORDS:
                raise _ambiguous(node, str(self.construct_yaml_bool(node)).lower(), "true, false, or ")
            return _WORDS[text.lower()]
        if kind == "int":
            value = self.construct_yaml_int(node)
            if str(value) != text:
                raise _ambiguous(node, f"the number {value}")
            return int(value)
        if kind in ("str", "float", "timestamp"):
            return str(text)
        raise NotAsWritten(f"{text!r} of the type {node.tag}", "a text, a number, true or false", node)


def load_as_written(content: bytes | str) -> object:
    """The document as plain values. Raises YAMLError, of which NotAsWritten and TooMuch are two."""
    root = compose(content, _Loader)
    if root is not None:
        require_keys_once(root)
    return construct(root, _Loader)


def require_keys_once(root: yaml.Node) -> None:
    """Raises NotAsWritten for a key that stands twice in one place, also once with and once without quotes."""
    waiting, seen = [root], {id(root)}
    while waiting:
        node = waiting.pop()
        parts: list[yaml.Node] = list(node.value) if isinstance(node, yaml.SequenceNode) else []
        if isinstance(node, yaml.MappingNode):
            lines: dict[str, int] = {}
            for key, value in node.value:
                parts += (key, value)
                if not isinstance(key, yaml.ScalarNode):
                    continue
                if key.value in lines:
                    raise NotAsWritten(f"{key.value!r} twice, first in line {lines[key.value]}", "every key once", key)
                lines[key.value] = key.start_mark.line + 1
        waiting += [part for part in parts if id(part) not in seen]
        seen |= {id(part) for part in parts}


def _ambiguous(node: yaml.ScalarNode, reading: str, other: str = "") -> NotAsWritten:
    text = node.value
    return NotAsWritten(
        f"{text or 'a key'} without quotes, which YAML reads as {reading}", f"{other}a text, which must stand in quotes: '{text}'", node
    )

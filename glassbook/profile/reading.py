"""Reads a profile and names the line of everything that is wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from glassbook.errors import InputError
from glassbook.profile.formats import profile_type, regime_at_home
from glassbook.profile.records import Profile
from glassbook.yaml_limits import compose, construct, read_within_limits

_REMEDY = "Correct the lines named, then run `glassbook profile check`; docs/profile.md describes every field."
# A longer list would hide what must be fixed first.
_SHOWN = 20
Where = tuple[str | int, ...]


class _ExactLoader(yaml.SafeLoader):
    """YAML as plain values. An impossible date stays text, so that it is reported with its line like any other mistake."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_ExactLoader.add_constructor("tag:yaml.org,2002:timestamp", _ExactLoader.construct_yaml_timestamp)


def load_profile(path: Path, *, with_attachments: bool = True) -> Profile:
    """The profile in `path`, with attachments checked by their hash, unless it comes without them, as in a filing package.

    Raises InputError that names file and line of everything wrong.
    """
    content = _content(path)
    try:
        # A profile out of a package may come from anywhere.
        node = compose(content, _ExactLoader)
        lines: dict[Where, int] = {}
        problems = [] if node is None else _index(node, (), lines)
        values = None if problems else construct(node, _ExactLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f":{mark.line + 1}"
        raise _error(path, f"{path}{line}: {getattr(error, 'problem', None) or error}", "a YAML document") from error
    if problems:
        raise _error(path, _told(path, problems), "every key once")
    if not isinstance(values, dict):
        raise _error(path, "no sections", "a profile such as `glassbook profile init` writes")
    try:
        profile = profile_type(regime_at_home()).model_validate(values)
    except ValidationError as error:
        errors = error.errors()
        # A list whose only entry is wrong is also reported as too short, which adds nothing.
        places = [e["loc"] for e in errors]
        told = [e for e in errors if e["type"] != "too_short" or not any(p[: len(e["loc"])] == e["loc"] and p != e["loc"] for p in places)]
        found = [(_line(lines, tuple(e["loc"])), f"{_dotted(e['loc'])}: {_message(e)}") for e in told]
        raise _error(path, _told(path, sorted(found)), "a profile as docs/profile.md describes it") from error
    wrong = [
        (lines.get((section, number, "attachment"), 1), f"{section}.{number}.attachment: {problem}")
        for section in ("audit_reports", "compliance_reports")
        for number, report in enumerate(getattr(profile, section) if with_attachments else ())
        if (problem := _wrong_attachment(path.parent, report.attachment.file, report.attachment.sha256))
    ]
    if wrong:
        raise _error(path, _told(path, wrong), "every attachment in its place, with the content that its SHA-256 names")
    return profile


def profile_digest(path: Path) -> str:
    """SHA-256 of the file: the version of the profile that a filing records."""
    return hashlib.sha256(_content(path)).hexdigest()


def _content(path: Path) -> bytes:
    try:
        return read_within_limits(path)
    except OSError as error:
        raise InputError(
            found=f"no profile that can be read ({error.strerror})",
            where=str(path),
            expected="the platform's profile in YAML",
            remedy="`glassbook profile init` writes one to fill in; the setting `profile` names another place.",
        ) from error


def _index(node: yaml.Node, where: Where, lines: dict[Where, int]) -> list[tuple[int, str]]:
    """Notes the line of every value by its place, and returns repeated keys."""
    lines[where] = node.start_mark.line + 1
    problems: list[tuple[int, str]] = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*where, str(key.value))
            if here in lines:
                problems.append((key.start_mark.line + 1, f"{_dotted(here)} stands twice, first in line {lines[here]}"))
            problems += _index(value, here, lines)
            lines[here] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            problems += _index(value, (*where, number), lines)
    return problems


def _line(lines: dict[Where, int], where: Where) -> int:
    """The line of a place; for something missing, the line of the nearest thing around it."""
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 1)


def _message(error: Any) -> str:
    text: str = error["msg"].removeprefix("Value error, ")
    given = error.get("input")
    shown = (
        f", not {given!r}"
        if isinstance(given, str | int | float | bool) and error["type"] not in ("value_error", "extra_forbidden")
        else ""
    )
    return "there is no such field" if error["type"] == "extra_forbidden" else "is missing" if error["type"] == "missing" else text + shown


def _dotted(where: Any) -> str:
    return ".".join(str(part) for part in where) or "the profile"


def _told(path: Path, problems: list[tuple[int, str]]) -> str:
    shown = [f"{path}:{line}: {text}" for line, text in problems[:_SHOWN]]
    more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    return "\n  ".join([f"{len(problems)} mistake(s)", *shown, *more])


def _wrong_attachment(folder: Path, name: str, expected: str) -> str | None:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        return f"{name} lies outside the profile's folder"
    if not path.is_file():
        return f"there is no file {name}"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    return None if found == expected else f"{name} has the SHA-256 {found}, not {expected}"


def _error(path: Path, found: str, expected: str) -> InputError:
    return InputError(found=found, where=str(path), expected=expected, remedy=_REMEDY)

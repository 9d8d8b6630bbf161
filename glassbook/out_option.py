"""The type of `--out`: a path that the user named. An empty text, such as an unset variable of a shell, is no path."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from glassbook.errors import InputError


class OutPath(click.Path):
    """A path as `click.Path` takes it, given as `pathlib.Path`, which would read an empty text as the working directory."""

    def __init__(self, *, file_okay: bool = True, dir_okay: bool = True) -> None:
        super().__init__(file_okay=file_okay, dir_okay=dir_okay, path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:  # as click.Path says it
        """The path. Raises InputError for an empty text."""
        require_named(str(value))
        return super().convert(value, param, ctx)


def require_named(out: str) -> None:
    """Raises InputError when nothing was named."""
    if not out:
        raise InputError(
            found="an empty text",
            where="--out",
            expected="the name of a file or folder",
            remedy="Name one, such as `.` for the working directory; where a variable gives the name, it is not set. Nothing was written.",
        )

"""The option `--format` of commands: in which form the output is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def format_option(*forms: str, help: str = "Output.") -> Callable[[Any], Any]:
    """Adds --format with one of `forms`, by default the first; the command gets it as `shape`."""
    return click.option("--format", "shape", type=click.Choice(forms), default=forms[0], show_default=True, help=help)

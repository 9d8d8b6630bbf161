"""What sqlfluff puts for dbt's `adapter` when it renders a model: a macro with a version for each engine stands as a call of its name.

Belongs here: as much as the linter asks for. Does not: the macros, which are in dbt_project/macros.
"""

from __future__ import annotations

from collections.abc import Callable


def dispatch(macro_name: str, macro_namespace: str | None = None) -> Callable[..., str]:
    """The macro of that name, as a call in SQL of its arguments."""

    def call(*arguments: object) -> str:
        return f"{macro_name}({', '.join(map(str, arguments))})"

    return call

"""In tests, what dbt makes alike in every build is made once per process: compiled templates, and the empty answer of a statement.

Together they are a sixth of a small build's time.

Belongs here: keeping them. Does not: what a template gives, which is computed each time.
"""

from __future__ import annotations

from typing import Any


def make_once() -> None:
    """From now on in this process; subprocesses are not affected."""
    _keep_templates()
    _keep_the_empty_table()


def _keep_templates() -> None:
    from dbt_common.clients.jinja import MacroFuzzEnvironment

    kept: dict[tuple[type, str], Any] = {}
    compile_again = MacroFuzzEnvironment.compile

    def compiled(self: Any, source: Any, *args: Any, **values: Any) -> Any:
        # Besides the text, only the kind of environment decides the code: dbt sets up each kind in one way.
        if args or values or not isinstance(source, str):
            return compile_again(self, source, *args, **values)
        wanted = (type(self), source)
        if wanted not in kept:
            kept[wanted] = compile_again(self, source)
        return kept[wanted]

    MacroFuzzEnvironment.compile = compiled  # type: ignore[method-assign]


def _keep_the_empty_table() -> None:
    from dbt_common.clients import agate_helper

    # Nobody can change a table of agate.
    empty = vars(agate_helper)["empty_table"]()
    vars(agate_helper)["empty_table"] = lambda: empty

"""What the macros read from dbt while sqlfluff renders the models without dbt: a full build on DuckDB, without data.

Belongs here: names that sqlfluff's own stand-ins for dbt lack; the models' Jinja gets each. Does not: rules.
"""

from types import SimpleNamespace as _Names

from jinja2 import pass_context as _pass_context
from sqlfluff.core.templaters.builtins.dbt import DBT_BUILTINS as _OF_SQLFLUFF


class _Adapter:
    @_pass_context
    def dispatch(self, context, name, macro_namespace=None):  # type: ignore[no-untyped-def]
        """The macro for DuckDB, or the one for every engine."""
        return context.get(f"duckdb__{name}") or context[f"default__{name}"]


adapter = _Adapter()
builtins = _Names(ref=_OF_SQLFLUFF["ref"], source=_OF_SQLFLUFF["source"])
execute = False
target = _Names(name="build", database="glassbook", schema="main")


def should_full_refresh() -> bool:
    """Whether dbt was told to compute everything."""
    return True

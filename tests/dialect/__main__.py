"""`python -m tests.dialect`: reports what in the models Spark lacks or reads differently; part of `make lint`."""

from __future__ import annotations

import sys

from tests.dialect.compiling import compiled_statements
from tests.dialect.translation import findings
from tests.dialect.words import project_functions


def main() -> int:
    """0 when every model means the same on both engines, as far as the list goes."""
    functions = project_functions()
    statements = list(compiled_statements())
    found = [finding for statement in statements for finding in findings(statement, functions)]
    for finding in found:
        print(finding, end="\n\n")
    print(f"{len(found)} findings in {len(statements)} statements of models, data tests and hooks")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Which nodes of the project one run of dbt builds, as arguments of `dbt build`."""

from __future__ import annotations

from dataclasses import dataclass

# Data tests whose cost grows with the whole history, not with the day; daily builds skip them, one build per week runs them.
HISTORY_TAG = "history"


@dataclass(frozen=True)
class Selection:
    """What a run builds: everything, or less where a snapshot or the caller has the rest.

    Seeds, table functions and the views of marts depend only on the code, so a later build of the same code has them already: `is_full`
    builds them too. Data tests of those views still run, because the tables below them change; those of seeds do not.
    """

    is_full: bool
    with_history_tests: bool

    def arguments(self) -> list[str]:
        """The options behind `dbt build`."""
        left_out = (
            [] if self.is_full else ["path:seeds", "config.materialized:table_function", "path:models/marts,config.materialized:view"]
        )
        left_out += [] if self.with_history_tests else [f"tag:{HISTORY_TAG}"]
        given = ["--exclude-resource-type", "unit_test", "exposure"]
        # By default dbt leaves out the data tests of a model with it.
        given += ["--indirect-selection", "empty", "--exclude", *left_out] if left_out else []
        return [*given, *(["--full-refresh"] if self.is_full else [])]

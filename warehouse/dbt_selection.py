"""Which nodes of the project one run of dbt makes, as arguments of `dbt build`."""

from __future__ import annotations

from dataclasses import dataclass

# Data tests whose cost follows the whole history and not the day; a day's build leaves them to the weekly one.
HISTORY_TAG = "history"


@dataclass(frozen=True)
class Selection:
    """What a run makes: everything, or less where a snapshot or the caller has the rest.

    Seeds and table functions come from the code alone, so that a later build of the same code has them already: `is_full` makes them too.
    `with_data_tests` is false where the time of models alone is measured; `without` names, as dbt selects them, models that nobody will
    read.
    """

    is_full: bool
    with_history_tests: bool
    with_data_tests: bool = True
    without: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """The options behind `dbt build`."""
        kinds = ["unit_test", "exposure", *([] if self.with_data_tests else ["test"])]
        left_out = [*self.without, *([] if self.is_full else ["resource_type:seed", "config.materialized:table_function"])]
        left_out += [] if self.with_history_tests else [f"tag:{HISTORY_TAG}"]
        given = ["--exclude-resource-type", *kinds]
        given += ["--exclude", *left_out] if left_out else []
        return [*given, *(["--full-refresh"] if self.is_full else [])]

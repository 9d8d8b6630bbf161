"""What every connection to a warehouse file says to DuckDB, in a build and in a reader alike."""

from __future__ import annotations

from glassbook.settings import Settings

# DuckDB 2.0 may empty an unrelated part of a large query when statistics prove a join's condition false (a column that is null in every
# row, such as related_party_kind of a platform without related parties): figures came out 0. tests/oracle and
# tests/orchestration/test_incremental.py reach such platforms; without this step of the optimizer they come out right.
DISABLED_OPTIMIZERS = "statistics_propagation"

ROW_OPTIONS = {"disabled_optimizers": DISABLED_OPTIMIZERS, "preserve_insertion_order": "false", "TimeZone": "UTC"}
"""Options of a build that can bear on the rows it makes; threads and memory cannot, and differ from machine to machine."""


def build_options(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    """How a build opens its database, dbt and the steps around it alike: DuckDB shares one open file among connections of equal options."""
    return {
        "memory_limit": settings.memory_limit,
        "threads": str(settings.threads),
        "autoinstall_known_extensions": "false",
        **{name: value for name, value in ROW_OPTIONS.items() if name != "TimeZone"},
        # The file is written out once, at the end, and brought to the disk once, when published: a build cut short is begun again.
        "checkpoint_threshold": "1TB",
        "fsync_mode": "none",
    }

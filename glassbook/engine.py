"""What every connection to a warehouse file says to DuckDB, in a build and in a reader alike."""

from __future__ import annotations

# DuckDB 2.0 may empty an unrelated part of a large query when statistics prove a join's condition false (a column that is null in every
# row, such as related_party_kind of a platform without related parties): figures came out 0. tests/oracle and
# tests/orchestration/test_incremental.py reach such platforms; without this step of the optimizer they come out right.
DISABLED_OPTIMIZERS = "statistics_propagation"

"""The retry policy: how often Dagster retries a failed step and how long it waits. Only the load: a source may be briefly unavailable."""

from __future__ import annotations

import dagster as dg

# A server that restarts or fails over is back within the hour: retried after 5, 10 and 20 minutes.
RETRIES = dg.RetryPolicy(max_retries=3, delay=300, backoff=dg.Backoff.EXPONENTIAL)

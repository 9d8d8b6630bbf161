"""How often Dagster tries a step again that failed, and how long it waits: the load alone, since a source may be away for a moment."""

from __future__ import annotations

import dagster as dg

# A server that restarts or fails over is back within the hour: tried again after 5, 10 and 20 minutes.
RETRIES = dg.RetryPolicy(max_retries=3, delay=300, backoff=dg.Backoff.EXPONENTIAL)

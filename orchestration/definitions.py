"""What `dagster dev -m orchestration.definitions` opens."""

from orchestration.build_definitions import build_defs

defs = build_defs()

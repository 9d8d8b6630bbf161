"""What `dagster dev -m orchestration.definitions` opens."""

from glassbook.private import keep_private
from orchestration.build_definitions import build_defs

keep_private()
defs = build_defs()

"""The resources of assets and sensors: the installation with its settings, and the announcer that informs people who must act.

Belongs here: resources, and what a run may change in them. Does not: settings themselves (`glassbook.settings`).
"""

import logging

import dagster as dg

from glassbook.settings import Settings


class Installation(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The installation that a run works on. Machine limits can be set differently for one run, for example a large backfill."""

    given: dg.ResourceDependency[Settings]
    """The settings of this process, or those of a test; Dagster does not show them, since they hold passwords."""
    threads: int | None = None
    memory_limit: str | None = None
    load_memory_limit: str | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force for this run."""
        changed = {name: getattr(self, name) for name in ("threads", "memory_limit", "load_memory_limit")}
        return self.given.model_copy(update={name: value for name, value in changed.items() if value is not None})


class Announcer(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Sends one line to the people who must know; a subclass sends it elsewhere."""

    logger_name: str = "glassbook"

    def announce(self, line: str) -> None:
        """Writes the line to the log."""
        logging.getLogger(self.logger_name).error(line)

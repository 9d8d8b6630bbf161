"""A simulated platform as a live database: keys, references and indexes as platforms have them, and days that are added to it.

Belongs here: what the database looks like, what it holds at a moment, and how servers are written. Does not: how the platform behaves.
"""

from simulator.database.run import WrittenRows, last_day, simulate_database

__all__ = ["WrittenRows", "last_day", "simulate_database"]

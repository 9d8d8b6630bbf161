"""A simulated platform as a live database: keys, references and indexes as platforms have them, and days that are added to it.

Belongs here: what the database looks like, what it holds at a moment, and how servers are written. How the platform behaves does not.
"""

from simulator.database.run import Written, last_day, simulate_database

__all__ = ["Written", "last_day", "simulate_database"]

"""What every package of Glassbook may use: command, settings, money, clock, calendar, catalogue, snapshots.

Nothing here knows ingestion, models, reports, dashboards or orchestration.
"""

__version__ = "0.1.0"

"""Reading the lake: its log, entry by entry and as loads, and whether its files match the log.

Belongs here: what builders and readers need of the lake. Does not: writing rows into it (`ingestion.loading`), SQL over it (`warehouse`).
"""

"""The lake as all read it: its log, entry by entry and as loads, and whether its files are as the log says.

Belongs here: what builders and readers need of the lake. Does not: writing rows into it (`ingestion.loading`), SQL over it (`warehouse`).
"""

"""A load: what a source offers is judged row by row, written into the lake once, and becomes visible by one entry of the load log.

Belongs here: everything that writes to the lake, and the rows that wait in quarantine as loads and builds read them. Does not: reading a
source (`ingestion.sources`), and what a person decides on quarantine (`ingestion.quarantine`).
"""

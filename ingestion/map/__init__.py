"""The command `glassbook map`: drafts a mapping from what a database declares, and says what a mapping covers.

Belongs here: what helps a person to write a mapping. Does not: what a mapping says and how it is read (`ingestion.mapping`).
"""

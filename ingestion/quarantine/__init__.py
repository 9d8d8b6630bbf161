"""The command `glassbook quarantine`: shows the rows that wait, and records what a person decides about them.

Belongs here: lists, masked records, decisions, and rows judged again. Does not: the rows themselves as a relation
(`ingestion.loading.held_rows`), and the rules that hold them back (`ingestion.contract.form_rules`).
"""

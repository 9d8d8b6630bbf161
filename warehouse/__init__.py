"""The build: from the lake to a published snapshot.

Belongs here: control tables, functions, running dbt, checks, publication. Does not: any figure.
"""

"""The lint of the models' dialect: what is written for DuckDB must mean the same on Spark (docs/decisions/0012-one-dialect-translated.md).

Belongs here: compiling as the second engine would, translating, the list of what is refused. Does not: running anything on either engine.
"""

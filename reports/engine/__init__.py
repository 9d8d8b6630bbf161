"""The filing engine: knows periods, forms, edits, seals and packages, and no regime by name.

A regime is a folder of `reports/regimes/`; whatever is particular to one is data there or a model in the warehouse.
"""

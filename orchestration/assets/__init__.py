"""The assets, one module per stage of the data: lake, warehouse with its snapshot, filings, public site.

Each calls the same step as the command of the same purpose (the module `step` of the room that does it) and shows what the step reports.
"""

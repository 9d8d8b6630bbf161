"""The assets, one module per stage of the data: lake, warehouse with its snapshot, filings, public site.

Each calls the same step as the command of the same purpose (`orchestration.steps`) and shows what the step reports.
"""

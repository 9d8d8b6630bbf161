"""The assets, one module per stop on the way of the data: lake, warehouse with its snapshot, filings, public site.

Each calls the step that the command of the same purpose calls (`orchestration.steps`) and shows what that says of itself.
"""

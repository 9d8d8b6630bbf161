"""What is done, one module per step: load, build, file, publish. Commands and Dagster call the same functions; none knows Dagster.

Each does its step, says what it did as a `StepRun` of plain values, and adds that to the home's log of runs.
"""

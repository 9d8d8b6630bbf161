"""The steps, one module each: load, build, file, publish. Commands and Dagster call the same functions; none of them imports Dagster.

Each does its step, reports it as a `StepRun` of plain values, and adds that to the home's log of runs.
"""

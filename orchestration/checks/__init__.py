"""The checks as asset checks, each on the assets that it is about.

- A rule of form is checked on every table of the lake that has a column it speaks of, or of which the kind makes it possible (`form`).
- A check of the catalogue is on the tables that its record is `about`: those whose rows break it. Where that is no table of a model, it
  is on the snapshot as a whole (`catalogue`).
- A data test of dbt is on the model or seed that it is attached to; one of a table that the build writes itself is on the snapshot
  (`data_tests`).

A check that holds a snapshot back is blocking. One that was not run (its table is not supplied, its turn comes once a week) shows nothing.
"""

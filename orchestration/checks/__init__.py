"""The checks as asset checks, each on the assets that it is about.

- A rule of form is checked on every table of the lake that has a column of the rule, or whose kind makes the fault possible (`form`).
- A check of the catalogue is on the tables that its record is `about`: those whose rows break it. Where no model makes such a table, it
  is on the snapshot as a whole (`catalogue`).
- A data test of dbt is on the model or seed that it is attached to; a test of a table that the build writes itself is on the snapshot
  (`data_tests`).

A check that holds a snapshot back is blocking. A check that was not run (its table is not supplied, or it runs once a week) shows nothing.
"""

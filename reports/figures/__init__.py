"""Figures as a snapshot states them: reading, explaining, and lineage. It computes none; dbt does."""

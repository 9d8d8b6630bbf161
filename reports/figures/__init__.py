"""Figures as a snapshot states them: reading, explaining, and where they come from. It computes none; dbt does."""

"""Engines that models run on: one folder per engine, with what dbt needs besides its adapter."""

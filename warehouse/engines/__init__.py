"""Engines that models run on: one folder per engine, with what dbt needs beside its own adapter."""

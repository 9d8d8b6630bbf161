"""DuckDB as the engine of a build: its connections, the functions that models call, and the plugin for plain dbt."""

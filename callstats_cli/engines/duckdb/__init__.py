"""DuckDB: its session, its readers, and how data becomes its SQL."""

"""PostgreSQL and Valkey for a machine that has none; imported by nobody."""

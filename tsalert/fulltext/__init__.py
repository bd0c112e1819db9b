"""Free text that can be found again: one interface over what SQLite and PostgreSQL each do best."""

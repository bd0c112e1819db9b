"""Keeping the data safe: backups that prove themselves, restoring them whole, and moving to another database."""

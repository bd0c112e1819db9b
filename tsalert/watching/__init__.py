"""Telling those outside whether the service does its work: addresses for a watcher, and a command for cron."""

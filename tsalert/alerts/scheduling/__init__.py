"""Alerts that are approved for a moment to come."""

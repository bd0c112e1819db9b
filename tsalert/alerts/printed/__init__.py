"""Alerts on paper."""

"""Rapid response: calls, incidents, attendances, the two-hour clock and the live board."""

"""Sending an alert to oneself alone, to see it where its readers will; it counts nowhere as an alert."""

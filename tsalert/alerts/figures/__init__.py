"""What became of an alert: by ward and channel, its cost, and the calls that quote it."""

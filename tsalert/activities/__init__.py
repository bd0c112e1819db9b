"""What the service does before anything happens: talks, sessions, training, zones, campaigns, and thanks for calls."""

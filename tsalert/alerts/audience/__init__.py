"""Who gets an alert."""

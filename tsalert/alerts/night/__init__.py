"""What of an alert waits for the morning, and why some of it does not."""

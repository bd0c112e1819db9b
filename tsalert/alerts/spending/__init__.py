"""What the texts and calls of alerts may cost."""

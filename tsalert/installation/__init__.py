"""What an installation knows of itself, and the checks before it serves anybody."""

"""Handovers: what is ours given to another body with all that it needs, until it says yes, no or nothing."""

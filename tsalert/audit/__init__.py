"""The append-only trail of who did what, each entry sealed by the hash of the one before."""

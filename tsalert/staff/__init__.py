"""Officers, their roles and tokens, and signing in."""

"""Other authorities that run a service like ours: where each is, by which keys it is known, and what it signed."""

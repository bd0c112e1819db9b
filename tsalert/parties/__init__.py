"""People and businesses across calls: who they are, whether they are the same, and what to be warned of."""

"""Who is on duty: patterns in London wall time, shifts in UTC, swaps, leave, gaps, verified mobiles."""

"""One person or trader across calls, incidents, cases and years, and the people of one case."""

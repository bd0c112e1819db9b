"""Information about our cases and incidents that is passed to other bodies; the matter stays ours."""

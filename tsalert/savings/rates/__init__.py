"""Rate sets: written, approved by another, compared, tried; never changed once approved."""

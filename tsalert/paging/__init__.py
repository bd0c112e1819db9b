"""Paging: who is woken, in which order, until somebody takes the incident; and whether they are safe there."""

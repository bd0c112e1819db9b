"""Enforcement: which law was broken, what was done about it, what a court decided and what was paid."""

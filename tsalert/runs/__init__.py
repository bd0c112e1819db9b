"""Calculation runs: figures worked out as of an instant, sealed by digests, signed, published, and worked out again."""

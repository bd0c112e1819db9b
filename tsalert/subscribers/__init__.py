"""Residents and partners: joining, choosing, leaving."""

"""Whom an alert did not reach, and sending it again to them."""

"""Handovers between two installations: signed, sent, answered, and what each side knows of the other's part."""

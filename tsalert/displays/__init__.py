"""Screens on walls: each opens the live board by a link of its own, sees nothing else, and can be shut out."""

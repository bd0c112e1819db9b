"""Equipment fitted in homes: where each unit is, whether it is in use, and how its time ended."""

"""What makes a password good, changing one's own, and links with which one is set for the first time."""

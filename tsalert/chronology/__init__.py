"""The timeline of a case: everything that happened in it, merged in the order in which it happened."""

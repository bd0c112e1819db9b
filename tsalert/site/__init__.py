"""What residents see without an account: the first page, what to do at the door, reporting, and what we promise."""

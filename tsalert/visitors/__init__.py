"""People without an account: how much one of them may ask for, and codes that prove who reads an address."""

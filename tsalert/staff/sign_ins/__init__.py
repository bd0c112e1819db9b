"""Each time somebody signs in is a row: seen by whom it is, and ended by them or by an administrator."""

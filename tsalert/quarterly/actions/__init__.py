"""The board's priority actions: what each is, how far it stands in the board's own words, what is told each quarter."""

"""What the public edition of the board's report may tell: nothing that can be traced to one person. Pure."""

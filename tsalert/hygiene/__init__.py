"""Whether the list is in good order: dead addresses, complaints, doubles, canaries, and how the list grows."""

"""What the public reads of the board's reports: the public edition as it was frozen, and nothing else."""

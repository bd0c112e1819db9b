"""Case studies of the board's report: written from a case, looked through, and signed by two before they are told."""

"""That no pound is counted twice: what counts of each record, what does not, and why."""

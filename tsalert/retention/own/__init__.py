"""What subscribers may do with all that we hold on them, by themselves: read it, take it away, have it erased."""

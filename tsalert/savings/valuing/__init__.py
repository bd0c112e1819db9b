"""What one record is worth: classes, bases, scenarios, terms, and the one formula."""

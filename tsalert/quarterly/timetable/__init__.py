"""When the board's report comes: what opens, reminds and tells by itself, on working days."""

"""Letters: templates that staff edit, and what was issued from them, kept word for word."""

"""Documents for readers outside: one description, printed as an accessible PDF and written as a Word file."""

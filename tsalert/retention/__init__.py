"""How long records name people: rules, holds, runs that take persons out and leave facts; what is held on somebody."""

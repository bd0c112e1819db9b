"""What may be recorded as an intervention, and what it hangs on: money lines, households, partners."""

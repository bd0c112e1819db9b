"""Calls to the service's number: who is rung, what is recorded, and who is told of what was missed."""

"""Trying out everything that the service stands on, for whoever sets it up or looks for a fault."""

"""Sending: endpoints, suppression, mailings, deliveries, and the loop that hands them to providers."""

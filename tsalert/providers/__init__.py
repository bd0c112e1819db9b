"""Adapters to mail servers and Twilio, and a recorder; only app.py imports them."""

"""Adapters to mail servers, Twilio and GOV.UK Notify, and a recorder; only app.py imports them."""

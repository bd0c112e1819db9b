"""Trading Standards Alerts: written by one officer, approved by another, sent once."""

"""Taking an alert back."""

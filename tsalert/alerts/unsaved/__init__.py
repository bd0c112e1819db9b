"""What officers type into the form of an alert, kept for them alone until they save it, and who was first to save."""

"""Daily and weekly mails."""

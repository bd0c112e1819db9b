"""An alert as its readers will see it, before anybody does: every form side by side, and how easily it reads."""

"""How long something may be silent, and how often somebody is told. Pure."""

from datetime import timedelta

# Mail leaves within seconds; a mail server that is started again takes minutes.
MAIL_WAITS_AT_MOST = timedelta(minutes=10)
WRITTEN_EVERY = timedelta(hours=1)

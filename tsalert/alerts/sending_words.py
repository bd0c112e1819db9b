"""What whoever sends an alert is told: how many messages leave, or wait."""

from tsalert.db import db
from tsalert.delivery import stopping


def on_their_way(size: int, counted: int | None = None) -> str:
    """Say how many messages leave now, and how far that is from what was counted."""
    if not size:
        return "Nobody gets it at once: it goes out with the next daily and weekly mails."
    said = f"{size:,} message{' is' if size == 1 else 's are'} on {'its' if size == 1 else 'their'} way."
    if stopping.current_stop(db.session()):
        return f"{size:,} message{' waits' if size == 1 else 's wait'} until all sending is started again."
    if counted is None or counted == size:
        return said
    return f"{said} The page that you saw said {counted:,}: some have {'left' if size < counted else 'joined'} since."

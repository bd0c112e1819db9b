"""Who never confirmed is forgotten: the law lets us keep nothing that nobody agreed to."""

from datetime import datetime

from tsalert.hygiene.rules import CLEARED_AFTER
from tsalert.subscribers import clearing


def clear_unconfirmed(now: datetime) -> int:
    """Forget every wish to join that is older than 30 days and unconfirmed; returns how many there were."""
    total = 0
    while cleared := clearing.clear_unconfirmed(now, after=CLEARED_AFTER):
        total += cleared
    return total

"""Asking the managers to see whether the neighbours' contacts are still right."""

from datetime import datetime

from flask import current_app

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.core.clock import london_date
from tsalert.db import transaction
from tsalert.handover.telling import write_to_managers
from tsalert.handover.wording import neighbours_mail
from tsalert.places import borders
from tsalert.places.rules import is_due, may_remind


def remind(now: datetime) -> int:
    """Write one mail about every contact that nobody verified for a year, each once in 30 days; return how many.

    Where there is nobody to write to, it is tried again.
    """
    with transaction() as session:
        due = [
            each
            for each in borders.list_neighbours(session)
            if is_due(verified_on=each.verified_on, added_on=each.added_on, today=london_date(now))
            and may_remind(reminded_at=each.reminded_at, now=now)
        ]
        settings: Settings = current_app.extensions["tsalert_settings"]
        mail = neighbours_mail([(each.name, each.verified_on) for each in due], link=f"{settings.public_url}/borders")
        if not due or not write_to_managers(session, mail, now=now):
            return 0
        for each in due:
            each.reminded_at = now
            audit.record(session, SERVICE, "reminder sent", "neighbour", each.id, now=now)
        return len(due)

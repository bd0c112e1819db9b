"""A restricted case of the demonstration: an informant lives near the trader. All of it is invented."""

from datetime import datetime, timedelta

from tsalert.cases import queries as cases
from tsalert.cases.queries import CaseFilter
from tsalert.cases.vocabulary import Status
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.restricting import service
from tsalert.tiers import granting
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.vocabulary import Subject

_WHY = "The informant lives in the trader's street and fears him. Invented."


def load_restricted(team: Crew, now: datetime) -> None:
    """Restrict a case, give one officer access to it by name, and let them open it once."""
    closed = cases.list_cases(db.session(), CaseFilter(status=Status.CLOSED), reader=team.manager, now=now)
    record = (Subject.CASE, closed.items[-1].id)
    asked = now - timedelta(days=3)
    service.restrict(record, _WHY, actor=team.manager, now=asked)
    number = team.second.officer_id
    assert number is not None  # they were hired before
    new = NewGrant(number, *record, asked + timedelta(days=60), "Reads it again for the appeal. Invented.")
    granting.give(new, actor=team.manager, now=asked)
    service.open_record(
        record, "Counsel asks who rang first. Invented.", actor=team.second, now=now - timedelta(days=1)
    )

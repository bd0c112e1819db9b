"""A restricted case of the demonstration: whoever told us is afraid. All of it is invented."""

from datetime import datetime, timedelta

from tsalert.cases import listing
from tsalert.cases.listing import CaseFilter
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.response.vocabulary import Category
from tsalert.restricting import service
from tsalert.tiers import granting
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.vocabulary import Subject

_WHY = "The neighbour who told us lives in the same house and fears them. Invented."


def load_restricted(team: Crew, now: datetime) -> None:
    """Restrict a case, give one officer access to it by name, and let them open it once."""
    wanted = CaseFilter(category=Category.FINANCIAL_ABUSE)
    found = listing.list_cases(db.session(), wanted, reader=team.manager, now=now).items
    record = (Subject.CASE, found[-1].id)
    asked = now - timedelta(days=3)
    service.restrict(record, _WHY, actor=team.manager, now=asked)
    number = team.second.officer_id
    assert number is not None  # they were hired before
    new = NewGrant(number, *record, asked + timedelta(days=60), "Reads it again for the appeal. Invented.")
    granting.give(new, actor=team.manager, now=asked)
    service.open_record(
        record, "Counsel asks who rang first. Invented.", actor=team.second, now=now - timedelta(days=1)
    )

"""What of interventions is kept from a reader: of one in a restricted case or incident, whose home it was and why."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.savings.queries import Version
from tsalert.tiers.queries import withheld
from tsalert.tiers.vocabulary import Subject


def for_reader(session: Session, versions: Sequence[Version], *, reader: Actor, now: datetime) -> list[Version]:
    """Return a list of interventions as this reader may see it."""
    cases = {each.content.case_id for each in versions if each.content.case_id is not None}
    incidents = {each.content.incident_id for each in versions if each.content.incident_id is not None}
    kept_cases = withheld(session, reader, Subject.CASE, cases, now=now)
    kept_incidents = withheld(session, reader, Subject.INCIDENT, incidents, now=now)
    return [
        _bare(each) if each.content.case_id in kept_cases or each.content.incident_id in kept_incidents else each
        for each in versions
    ]


def _bare(version: Version) -> Version:
    content = replace(version.content, household_key=None, evidence=None, note=None, other_money=None)
    return replace(version, content=content, reason=None)

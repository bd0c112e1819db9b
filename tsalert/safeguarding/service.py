"""Use cases of a concern: raised, decided, sent, acknowledged, ended. Nothing of it is ever changed."""

from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.db import transaction
from tsalert.response import queries as response
from tsalert.safeguarding import queries, rules
from tsalert.safeguarding.models import SafeguardingConcern, SafeguardingStep
from tsalert.safeguarding.rules import NewConcern, NewStep
from tsalert.safeguarding.vocabulary import Consent
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


def raise_concern(new: NewConcern, *, actor: Actor, now: datetime) -> int:
    """Raise a concern about a person of a case or an incident; returns its id. A closed case takes one too.

    :raises NotFound: there is no such case or incident.
    :raises ContinuedElsewhere: the case goes on in another.
    :raises Withheld: it is restricted to this person.
    :raises RuleViolation: an answer has no words behind it.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_one_subject(new)
    rules.require_words(new)
    with transaction() as session:
        _require_subject(session, new, actor, now)
        row = SafeguardingConcern(**asdict(new), raised_by=actor.officer_id, raised_at=now)
        session.add(row)
        session.flush()
        _record(session, actor, "raised", row, now)
        return row.id


def record_step(concern_id: int, step: NewStep, *, actor: Actor, now: datetime) -> None:
    """Record what was decided or done about a concern, or what came of it.

    :raises Conflict: the step is out of turn.
    :raises RuleViolation: it leaves out what it needs.
    :raises Withheld: this person may not see the concern.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        record = queries.get_concern(session, concern_id, actor=actor, now=now, lock=True)
        rules.require_legal(record.standing, step, now=now)
        rules.require_complete(step, Consent(record.row.consent))
        told = {**asdict(step), "occurred_at": step.occurred_at or now}
        row = SafeguardingStep(concern_id=concern_id, **told, recorded_by=actor.officer_id, recorded_at=now)
        session.add(row)
        _record(session, actor, step.act.value.replace("_", " "), record.row, now)


def _require_subject(session: Session, new: NewConcern, actor: Actor, now: datetime) -> None:
    if new.case_id is not None:
        case = cases.get_visible_case(session, new.case_id, actor=actor, now=now)
        merging.require_here(session, case)
    else:
        incident = response.get_incident(session, new.incident_id or 0)
        tiers.require_visible(session, actor, Subject.INCIDENT, incident.id, now=now)


def _record(session: Session, actor: Actor, action: str, row: SafeguardingConcern, now: datetime) -> None:
    of = {"incident": row.incident_id, "case": row.case_id}
    audit.record(session, actor, action, "safeguarding concern", row.id, now=now, **of)

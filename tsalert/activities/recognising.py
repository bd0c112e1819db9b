"""Deciding whom we thank for a call, presenting it, keeping consent, and taking it back."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy.orm import Session

from tsalert.activities import recognition_queries, recognition_rules
from tsalert.activities.models import Recognition
from tsalert.activities.recognition_rules import Consent, NewRecognition, Presentation
from tsalert.audit import service as audit
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import NotFound, Overtaken, RuleViolation, blame
from tsalert.db import transaction
from tsalert.parties import queries as parties
from tsalert.response import queries as response
from tsalert.response.kept import names_for
from tsalert.staff.queries import officer_names


class SeenRecognition(Struct, frozen=True):
    """A recognition and the version of it that somebody saw."""

    id: int
    version: int


def decide_recognition(new: NewRecognition, *, actor: Actor, now: datetime) -> int:
    """Write down that somebody is to be thanked; returns the id.

    :raises RuleViolation: it is for nothing that there is, or the days cannot be.
    :raises Withheld: what it is for is restricted.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        _require_links(session, new)
        new = replace(new, name=_name(session, new, actor, now))
        recognition_rules.check_recognition(new, today=london_date(now))
        kept = asdict(new)
        row = Recognition(version=1, recorded_by=actor.officer_id, recorded_at=now, **kept)
        recognition_queries.require_visible(session, row, actor=actor, now=now)
        session.add(row)
        session.flush()
        _note(session, row, "decided", actor, now)
        return row.id


def present(seen: SeenRecognition, presented: Presentation, *, actor: Actor, now: datetime) -> None:
    """Write down when and where it was handed over; a second time puts the first right.

    :raises Conflict: it was withdrawn, or somebody changed it meanwhile.
    :raises RuleViolation: the day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _lock(session, seen, actor, now)
        recognition_rules.check_presentation(presented, decided_on=row.decided_on, today=london_date(now))
        row.presented_on, row.presented_where = presented.on_date, presented.where
        _note(session, row, "presented", actor, now)


def keep_consent(seen: SeenRecognition, consent: Consent, *, actor: Actor, now: datetime) -> None:
    """Keep whether they may be named in public; it can be given and taken back at any time.

    :raises Conflict: it was withdrawn, or somebody changed it meanwhile.
    :raises RuleViolation: the day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _lock(session, seen, actor, now)
        recognition_rules.check_consent(consent, today=london_date(now))
        row.may_be_named, row.consent_on = consent.may_be_named, consent.on_date
        _note(session, row, "may be named" if consent.may_be_named else "may not be named", actor, now)


def withdraw_recognition(seen: SeenRecognition, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take thanks back, such as those that somebody did not want.

    :raises Conflict: it was withdrawn before, or somebody changed it meanwhile.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _lock(session, seen, actor, now)
        row.withdrawn_at, row.withdrawn_reason, row.may_be_named = now, reason, False
        _note(session, row, "withdrawn", actor, now)


def _lock(session: Session, seen: SeenRecognition, actor: Actor, now: datetime) -> Recognition:
    row = recognition_queries.get_recognition_row(session, seen.id, actor=actor, now=now, lock=True)
    recognition_rules.require_standing(is_withdrawn=row.withdrawn_at is not None)
    if row.version != seen.version:
        raise Overtaken("Somebody changed this meanwhile. Look at it again first.")
    row.version += 1
    return row


def _require_links(session: Session, new: NewRecognition) -> None:
    if new.decided_by not in officer_names(session):
        raise RuleViolation("Choose the officer who decided it.", field="decided_by")
    _require("incident", new.incident_id, lambda number: response.get_incident_row(session, number))
    _require("case", new.case_id, lambda number: merging.require_here(session, cases.get_case(session, number)))
    _require("party", new.party_id, lambda number: parties.get_party(session, number))


def _name(session: Session, new: NewRecognition, actor: Actor, now: datetime) -> str:
    """Return the name that was given, else that under which the officer may know the party."""
    known = names_for(session, actor, [new.party_id], now=now) if new.party_id is not None else {}
    name = new.name or known.get(new.party_id or 0)
    if not name:
        raise RuleViolation("Enter the name as it should appear on the certificate.", field="name")
    return name


def _require(field: str, number: int | None, find: Callable[[int], object]) -> None:
    """Refuse a link that leads nowhere, naming its field."""
    if number is not None:
        with blame(field, NotFound):
            find(number)


def _note(session: Session, row: Recognition, act: str, actor: Actor, now: datetime) -> None:
    audit.record(session, actor, act, "recognition", row.id, now=now, kind=row.kind)

"""Taking evidence in, saying what happened to it, and handing it out; a reading is in the trail before it is seen."""

from collections.abc import Sequence
from datetime import datetime
from typing import IO

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases.rules import require_open
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.db import db, transaction
from tsalert.evidence import queries, removing, rules, storing
from tsalert.evidence.arriving import Accepted, Arrival, accept, accept_all
from tsalert.evidence.kinds import MEDIA_TYPES
from tsalert.evidence.models import CustodyEvent, EvidenceFile, Exhibit
from tsalert.evidence.queries import OfCase
from tsalert.evidence.rules import NewCustody, NewExhibit, NewFile
from tsalert.evidence.vocabulary import CustodyKind, Kind
from tsalert.staff import queries as staff
from tsalert.staff.models import Officer
from tsalert.staff.tokens import queries as tokens
from tsalert.tiers.queries import require_visible
from tsalert.tiers.vocabulary import Subject


class Opened(Struct, frozen=True):
    """A file as it is handed out; ``name`` is one under which any computer saves it."""

    content: IO[bytes]
    name: str
    media_type: str
    size: int


def record_exhibit(case_id: int, new: NewExhibit, arrival: Arrival | None, *, actor: Actor, now: datetime) -> int:
    """Add an exhibit to a case, with a file or without; returns its id.

    :raises NotFound: there is no such case, original or file in it.
    :raises Conflict: the case is closed, another exhibit bears the number, or the file is an exhibit already.
    :raises RuleViolation: a value does not fit, or the file is not one that we take.
    :raises Unavailable: the file cannot be written, or not be checked for viruses.
    :raises NotAllowed: whoever sent it was shut out while it came in.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_possible(new.found_at, now, field="found_at")
    initials = rules.read_initials(new.initials or rules.initials_of(actor.name))
    accepted = accept(case_id, arrival, actor=actor, now=now) if arrival else None
    with transaction() as session:
        case = _case_to_write_in(session, case_id)
        exhibit = _exhibit(session, case, new, initials, actor, now)
        session.add(exhibit)
        session.flush()
        audit.record(session, actor, "recorded", "exhibit", exhibit.id, now=now, case=case.reference)
        if new.file_id is not None:
            _adopt(session, case, exhibit, new.file_id)
        if accepted:
            _record_file(session, case, accepted, NewFile(exhibit=exhibit.id), actor, now)
        made = exhibit.id
    _keep(accepted)
    return made


def add_file(case_id: int, new: NewFile, arrival: Arrival, *, actor: Actor, now: datetime) -> int:
    """Add a file to a case, or to one of its exhibits; returns its id.

    :raises NotFound: there is no such case, or no such exhibit in it.
    :raises Conflict: the case is closed.
    :raises RuleViolation: the file is not one that we take.
    :raises Unavailable: it cannot be written, or not be checked for viruses.
    :raises NotAllowed: whoever sent it was shut out while it came in.
    """
    return add_files(case_id, new, [arrival], actor=actor, now=now)[0]


def add_files(case_id: int, new: NewFile, arrivals: Sequence[Arrival], *, actor: Actor, now: datetime) -> list[int]:
    """Add files that came together, all of them or none; returns their ids.

    :raises: as for one file.
    """
    actor.require(Permission.WORK_CASE)
    accepted = accept_all(case_id, arrivals, actor=actor, now=now)
    with transaction() as session:
        case = _case_to_write_in(session, case_id)
        made = [_record_file(session, case, each, new, actor, now) for each in accepted]
    for each in accepted:
        _keep(each)
    return made


def record_custody(case_id: int, exhibit_id: int, new: NewCustody, *, actor: Actor, now: datetime) -> int:
    """Add a link to an exhibit's chain, in a closed case too; returns its id.

    :raises NotFound: there is no such exhibit in the case, or no such entry to correct.
    :raises Conflict: it would have happened after the exhibit was destroyed, or the entry was corrected before.
    :raises RuleViolation: the time is impossible, or something is missing.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_whole(new)
    rules.require_possible(new.occurred_at, now, field="occurred_at")
    with transaction() as session:
        queries.get_case(session, case_id)
        exhibit = queries.get_exhibit(session, case_id, exhibit_id, lock=True)
        _require_fitting(session, exhibit, new, now)
        link = _link(exhibit, new, actor, now)
        session.add(link)
        session.flush()
        audit.record(session, actor, f"noted as {new.kind}", "exhibit", exhibit.id, now=now, entry=link.id)
        return link.id


def note_reading(case_id: int, what: str, *, actor: Actor, now: datetime) -> None:
    """Write into the trail that somebody is about to read evidence of a case; it fails rather than let them read on.

    :raises NotFound: there is no such case.
    """
    actor.require(Permission.READ_CASE)
    with transaction() as session:
        queries.get_case(session, case_id)
        audit.record(session, actor, "read evidence", "case", case_id, now=now, what=what)


def open_file(case_id: int, file_id: int, *, actor: Actor, now: datetime) -> Opened:
    """Open a file to hand it out; that it was asked for is in the trail before anybody sees a byte.

    :raises NotFound: there is none, or it is not on the disk.
    :raises Conflict: it is not as it was stored.
    """
    actor.require(Permission.READ_CASE)
    with transaction() as session:
        queries.get_case(session, case_id)
        file = queries.get_file(session, case_id, file_id)
        run_id = removing.removed_by(session, [file_id]).get(file_id)
        if run_id is not None:
            raise NotFound(f"This file was removed under retention run {run_id}.")
        audit.record(session, actor, "read", "evidence file", file.id, now=now, case_id=case_id, sha256=file.sha256)
        key, digest, size = file.storage_key, file.sha256, file.size
        name, media_type = rules.name_to_save(file.name), MEDIA_TYPES[Kind.of(file.kind)]
    return Opened(storing.open_checked(key, digest), name, media_type, size)


def sweep_store(now: datetime) -> int:
    """Delete what uploads left behind that were cut off a day ago or longer; returns how many there were."""
    return storing.sweep(lambda keys: queries.recorded_keys(db.session(), keys), now)


def _case_to_write_in(session: Session, case_id: int) -> OfCase:
    case = queries.get_case(session, case_id, lock=True)
    merging.require_here(session, cases.get_case(session, case_id))
    require_open(case.status, case.reference)
    return case


def _exhibit(session: Session, case: OfCase, new: NewExhibit, initials: str, actor: Actor, now: datetime) -> Exhibit:
    if new.original is not None:
        queries.get_exhibit(session, case.id, new.original)
    return Exhibit(
        case_id=case.id,
        initials=initials,
        number=rules.next_number(queries.taken_numbers(session, case.id, initials), new.number, initials),
        description=new.description,
        found_at=new.found_at,
        found_where=new.found_where,
        found_by=new.found_by or actor.name,
        original_id=new.original,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )


def _adopt(session: Session, case: OfCase, exhibit: Exhibit, file_id: int) -> None:
    file = queries.get_file(session, case.id, file_id)
    if file.exhibit_id is not None:
        raise Conflict("That file is an exhibit already.")
    file.exhibit_id = exhibit.id


def _require_still_let_in(session: Session, case_id: int, actor: Actor, now: datetime) -> None:
    """Ask once more, after what may have taken an hour to come in, what was asked before its first byte.

    :raises NotAllowed: the account, the token, the role or the access to the case ended meanwhile.
    """
    officer = staff.get_officer_by_id(session, actor.officer_id) if actor.officer_id else None
    if officer is None:
        return
    if not officer.active:
        raise NotAllowed("Your account was closed while the file came in. Nothing was kept.")
    still = _as_they_stand(session, officer, actor, now)
    if still is None:
        raise NotAllowed("The token ended while the file came in. Nothing was kept.")
    if not still.may(Permission.WORK_CASE):
        raise NotAllowed("Your role ended while the file came in. Nothing was kept.")
    require_visible(session, actor, Subject.CASE, case_id, now=now)


def _as_they_stand(session: Session, officer: Officer, actor: Actor, now: datetime) -> Actor | None:
    """Return who acts with what they may do by now; None where the token by which they came is not good any more."""
    if actor.token is not None:
        return tokens.find_bearer(session, actor.token.id, now=now)
    return staff.actor_of(officer, actor.via) if actor.via in {Via.PAGE, Via.API} else actor


def _record_file(session: Session, case: OfCase, accepted: Accepted, new: NewFile, actor: Actor, now: datetime) -> int:
    _require_still_let_in(session, case.id, actor, now)
    if new.exhibit is not None:
        queries.get_exhibit(session, case.id, new.exhibit)
    incoming = accepted.incoming
    row = EvidenceFile(
        case_id=case.id,
        exhibit_id=new.exhibit,
        name=accepted.name,
        note=new.note,
        kind=accepted.kind,
        size=incoming.size,
        sha256=incoming.sha256,
        storage_key=incoming.key,
        uploaded_by=actor.officer_id,
        uploaded_at=now,
        cares=" ".join(accepted.cares),
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor,
        "stored",
        "evidence file",
        row.id,
        now=now,
        case=case.reference,
        kind=row.kind,
        size=row.size,
        sha256=row.sha256,
        cares=row.cares or "none",
    )
    return row.id


def _keep(accepted: Accepted | None) -> None:
    if accepted:
        accepted.incoming.keep()


def _require_fitting(session: Session, exhibit: Exhibit, new: NewCustody, now: datetime) -> None:
    held = queries.held(session, exhibit.case_id, exhibit.id)
    if new.supersedes is not None and new.supersedes not in {link.id for link in held.chain}:
        raise RuleViolation("There is no such entry to correct.", field="supersedes")
    if new.supersedes in held.superseded:
        raise Conflict("That entry was corrected already. Correct the one that took its place.")
    chain = [(CustodyKind.of(link.kind), link.occurred_at) for link in held.standing if link.id != new.supersedes]
    rules.require_before_the_end(new.occurred_at or now, chain)


def _link(exhibit: Exhibit, new: NewCustody, actor: Actor, now: datetime) -> CustodyEvent:
    return CustodyEvent(
        exhibit_id=exhibit.id,
        kind=new.kind,
        occurred_at=new.occurred_at or now,
        person=new.person,
        place=new.place,
        seal_number=new.seal_number,
        note=new.note,
        supersedes_id=new.supersedes,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )

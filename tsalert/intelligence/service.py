"""Writing intelligence down, reviewing it, and keeping with whom it was shared."""

from collections.abc import Collection
from datetime import date, datetime

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.intelligence import queries, rules
from tsalert.intelligence.models import IntelligenceAbout, IntelligenceNote, IntelligenceReview, IntelligenceSharing
from tsalert.intelligence.rules import NewAbout, NewIntelligence, NewSharing
from tsalert.intelligence.vocabulary import About, Handling
from tsalert.parties import queries as parties
from tsalert.parties import service as party_service
from tsalert.parties.online import mark_key
from tsalert.parties.rules import Fact, check_review
from tsalert.parties.vocabulary import IdentifierKind
from tsalert.tiers import queries as tiers
from tsalert.tiers import service as tier_service
from tsalert.tiers.parties import require_party
from tsalert.tiers.vocabulary import Subject

_NOTE = "intelligence_note"


def write_note(new: NewIntelligence, *, is_demo: bool, actor: Actor, now: datetime) -> int:
    """Write intelligence down, perhaps in the place of an earlier note, which stays; returns the note's number.

    What takes the place of a restricted note is restricted too.

    :raises NotFound: there is no such note to supersede.
    :raises Withheld: it is about somebody who is kept from whoever writes it.
    :raises Conflict: that note was superseded before.
    :raises RuleViolation: it is about nothing that can be read, lacks its conditions, or its days cannot be.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_note(new, today=london_date(now))
    with transaction() as session:
        if new.supersedes is not None:
            new = _superseding(session, new, new.supersedes, actor=actor, now=now)
        row = _row(new, actor, now)
        session.add(row)
        session.flush()
        for about in new.about:
            if about.party_id is not None:
                require_party(session, actor, about.party_id, now=now)
            without = queries.kept_from(session, actor, [about.party_id], now=now) if about.party_id else ()
            session.add(_about(session, row.id, about, without, is_demo=is_demo))
        session.flush()
        grade = rules.grade_of(row.source, row.assessment, row.handling)
        audit.record(session, actor, "intelligence written", _NOTE, row.id, now=now, grade=grade)
        if new.restricted_because:
            root = (Subject.NOTE, row.id)
            tier_service.restrict(session, *root, root, new.restricted_because, actor=actor, now=now)
        return row.id


def review_note(note_id: int, review_on: date, words: str, *, actor: Actor, now: datetime) -> None:
    """Keep a note that was looked at again until its next review.

    :raises NotFound: there is no such note.
    :raises Withheld: it is restricted to them.
    :raises Conflict: it stands no longer.
    """
    actor.require(Permission.WORK_CASE)
    check_review(review_on, today=london_date(now))
    with transaction() as session:
        _open(session, note_id, actor=actor, now=now)
        row = IntelligenceReview(note_id=note_id, review_on=review_on, words=words)
        row.reviewed_by, row.reviewed_at = actor.officer_id, now
        session.add(row)
        audit.record(session, actor, "intelligence reviewed", _NOTE, note_id, now=now, until=review_on.isoformat())


def share_note(note_id: int, new: NewSharing, *, actor: Actor, now: datetime) -> None:
    """Keep that a note was shared outside, with whom and what for.

    :raises NotFound: there is no such note.
    :raises Withheld: it is restricted to them.
    :raises Conflict: it stands no longer.
    :raises RuleViolation: it has conditions that nobody was told, or the day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        note = _open(session, note_id, actor=actor, now=now)
        days = {"today": london_date(now), "written_on": london_date(note.written_at)}
        rules.require_sharing(new, Handling.of(note.handling), **days)
        row = IntelligenceSharing(note_id=note_id, to_whom=new.to_whom, purpose=new.purpose)
        row.shared_on, row.recorded_by, row.recorded_at = new.shared_on or days["today"], actor.officer_id, now
        session.add(row)
        audit.record(session, actor, "intelligence shared", _NOTE, note_id, now=now, told=new.conditions_told)


def _open(session: Session, note_id: int, *, actor: Actor, now: datetime) -> IntelligenceNote:
    """Return a note that stands and that this officer may see, locked."""
    note = queries.get_note(session, note_id, lock=True)
    tiers.require_visible(session, actor, Subject.NOTE, note_id, now=now)
    if queries.superseded_by(session, note_id) is not None:
        raise Conflict("Another note took the place of this one. Work with that one.")
    return note


def _superseding(
    session: Session, new: NewIntelligence, note_id: int, *, actor: Actor, now: datetime
) -> NewIntelligence:
    earlier = _open(session, note_id, actor=actor, now=now)
    if tiers.is_restricted(session, Subject.NOTE, earlier.id) and not new.restricted_because:
        return replace(new, restricted_because=f"It takes the place of restricted note {earlier.id}.")
    return new


def _row(new: NewIntelligence, actor: Actor, now: datetime) -> IntelligenceNote:
    return IntelligenceNote(
        source=new.source,
        assessment=new.assessment,
        handling=new.handling,
        conditions=new.conditions,
        text=new.text,
        provenance=new.provenance,
        information_on=new.information_on,
        review_on=new.review_on,
        expires_on=new.expires_on,
        is_restricted=new.restricted_because is not None,
        supersedes_id=new.supersedes,
        reason=new.reason,
        written_by=actor.officer_id,
        written_at=now,
    )


def _about(
    session: Session, note_id: int, new: NewAbout, without: Collection[Fact], *, is_demo: bool
) -> IntelligenceAbout:
    """Return what a note is about as it is kept; a party goes by the name that its writer may know it by now."""
    if new.kind is About.PARTY:
        try:
            party = parties.get_party(session, new.party_id or 0, without=without)
        except NotFound as error:
            raise RuleViolation("There is no such person or business.", field="party_id") from error
        name = party.name or f"Party {party.id}"
        return IntelligenceAbout(note_id=note_id, kind=new.kind, party_id=party.id, raw=name, normal=str(party.id))
    written = new.written or ""
    normal = mark_key(IdentifierKind.of(new.kind), written, is_demo=is_demo)
    if not normal:
        raise RuleViolation(f"We cannot read this as {_READ_AS[new.kind]}.", field=new.kind)
    return IntelligenceAbout(note_id=note_id, kind=new.kind, party_id=None, raw=written, normal=normal)


_READ_AS = {
    About.VEHICLE: "a vehicle registration",
    About.PHONE: "a telephone number",
    About.EMAIL: "an email address",
    About.WEBSITE: "a website",
    About.ADDRESS: "an address with a number or name",
}


def note_reading(ids: Collection[int], *, actor: Actor, now: datetime, forms: Collection[str] = ()) -> None:
    """Enter in the trail that the text of some notes is read, before it is shown; nothing where there are none.

    :param forms: the keys of forms that show them, so that they are entered once for each form.
    """
    if not ids:
        return
    with transaction() as session:
        party_service.keep_form_keys(session, forms, now=now)
        records = ",".join(str(note_id) for note_id in sorted(ids))
        audit.record(session, actor, "read", _NOTE, None, now=now, records=records)

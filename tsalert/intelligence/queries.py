"""Reading notes of intelligence: which stand, what of them somebody may see, and what is held of whom."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from flask import current_app
from msgspec import Struct, field
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.intelligence.models import IntelligenceAbout, IntelligenceNote, IntelligenceReview, IntelligenceSharing
from tsalert.intelligence.rules import grade_in_words, grade_of
from tsalert.intelligence.vocabulary import About
from tsalert.keysets import Order, Page, read_page
from tsalert.parties import queries as parties
from tsalert.parties.models import PartyIdentifier
from tsalert.parties.rules import Fact
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

PAGE = 25
Mark = tuple[str, str]
Key = TypeVar("Key", bound=Hashable)


class Held(Struct, frozen=True):
    """A note that stands, as whoever asks may see it; of a restricted one only that it is there, and whom to ask."""

    id: int
    about: tuple[str, ...]
    is_shown: bool
    ask: str
    grade: str | None = None
    grade_words: str | None = None
    text: str | None = None
    conditions: str | None = None
    information_on: date | None = None
    review_on: date | None = None
    is_overdue: bool = False

    @property
    def words(self) -> str:
        """What is said of it beside a match."""
        if not self.is_shown:
            return f"Intelligence held: restricted, ask {self.ask} or a manager"
        return f"Intelligence held, graded {self.grade}: {self.text}"


class Holdings(Struct, frozen=True):
    """The notes held of some parties and marks: each note once, and which of them it is about."""

    notes: dict[int, Held] = field(default_factory=dict)
    of_party: dict[int, tuple[int, ...]] = field(default_factory=dict)
    of_mark: dict[Mark, tuple[int, ...]] = field(default_factory=dict)

    def of_parties(self, members: Collection[int]) -> list[Held]:
        """Return the notes about any of some parties, or about what they are known by, the newest first."""
        ids = {note_id for member in members for note_id in self.of_party.get(member, ())}
        return [self.notes[note_id] for note_id in sorted(ids, reverse=True)]

    def of_marks(self, *, without: Collection[int] = ()) -> list[Held]:
        """Return the notes about any of the marks, without some that are shown elsewhere, the newest first."""
        ids = {note_id for found in self.of_mark.values() for note_id in found} - set(without)
        return [self.notes[note_id] for note_id in sorted(ids, reverse=True)]


def holdings(
    session: Session,
    actor: Actor,
    party_ids: Collection[int],
    marks: Collection[Mark] = (),
    *,
    now: datetime,
    without: Collection[Fact] = (),
) -> Holdings:
    """Return what is held of some parties, of what they are known by, and of marks that were typed.

    :param without: what parties are known by that this person may not learn of.
    """
    of_party = _of_parties(session, party_ids, without)
    of_mark = _of_marks(session, marks)
    ids = {note_id for found in (*of_party.values(), *of_mark.values()) for note_id in found}
    notes = {note.id: note for note in as_held(session, actor, _standing(session, ids, now), now=now)}
    return Holdings(notes, _kept(of_party, notes), _kept(of_mark, notes))


def as_held(session: Session, actor: Actor, rows: Sequence[IntelligenceNote], *, now: datetime) -> list[Held]:
    """Return notes as somebody may see them."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    about, reviews = about_of(session, ids), next_reviews(session, ids)
    names, shut = staff.officer_names(session), shut_to(session, actor, ids, now=now)
    told_of = {each.party_id for found in about.values() for each in found if each.party_id is not None}
    unnamed = tiers.withheld(session, actor, Subject.PARTY, told_of, now=now)
    return [
        _hidden(row, names)
        if row.id in shut
        else _shown(
            row, _labels(about[row.id], unnamed), reviews.get(row.id, row.review_on), names, today=london_date(now)
        )
        for row in rows
    ]


def shut_to(session: Session, actor: Actor, ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Return those of some notes whose content somebody may not see now: restricted, and not opened by them."""
    query = select(IntelligenceNote.id).where(
        IntelligenceNote.id.in_(ids), tiers.restricted(Subject.NOTE, IntelligenceNote.id)
    )
    restricted = session.scalars(query).all()
    return frozenset(
        note_id for note_id in restricted if not tiers.may_see(session, actor, Subject.NOTE, note_id, now=now)
    )


def get_note(session: Session, note_id: int, *, lock: bool = False) -> IntelligenceNote:
    """Return one note, whoever asks; ``lock`` keeps others from superseding it until the transaction ends.

    :raises NotFound: there is none.
    """
    query = select(IntelligenceNote).where(IntelligenceNote.id == note_id)
    row = session.scalar(query.with_for_update(key_share=True) if lock else query) if is_id(note_id) else None
    if row is None:
        raise NotFound("There is no such note.")
    return row


def about_of(session: Session, ids: Collection[int]) -> dict[int, list[IntelligenceAbout]]:
    """Return what some notes are about."""
    found: defaultdict[int, list[IntelligenceAbout]] = defaultdict(list)
    query = select(IntelligenceAbout).where(IntelligenceAbout.note_id.in_(ids)).order_by(IntelligenceAbout.id)
    for row in session.scalars(query):
        found[row.note_id].append(row)
    return found


def reviews_of(session: Session, note_id: int) -> Sequence[IntelligenceReview]:
    """Return how a note was looked at again, the last time first."""
    query = select(IntelligenceReview).where(IntelligenceReview.note_id == note_id)
    return session.scalars(query.order_by(IntelligenceReview.id.desc())).all()


def sharings_of(session: Session, note_id: int) -> Sequence[IntelligenceSharing]:
    """Return with whom a note was shared, the last time first."""
    query = select(IntelligenceSharing).where(IntelligenceSharing.note_id == note_id)
    return session.scalars(query.order_by(IntelligenceSharing.id.desc())).all()


def next_reviews(session: Session, ids: Collection[int]) -> dict[int, date]:
    """Return by when notes that were reviewed are to be reviewed again."""
    latest = select(func.max(IntelligenceReview.id)).where(IntelligenceReview.note_id.in_(ids))
    query = select(IntelligenceReview.note_id, IntelligenceReview.review_on)
    rows = session.execute(query.where(IntelligenceReview.id.in_(latest.group_by(IntelligenceReview.note_id))))
    return dict(rows.all())


def superseded_by(session: Session, note_id: int) -> int | None:
    """Return the note that took this one's place."""
    return session.scalar(select(IntelligenceNote.id).where(IntelligenceNote.supersedes_id == note_id))


def stands(today: date) -> ColumnElement[bool]:
    """Return the condition that a note has not expired, and that none took its place."""
    later = aliased(IntelligenceNote)
    lasts = or_(IntelligenceNote.expires_on.is_(None), IntelligenceNote.expires_on >= today)
    return and_(lasts, ~exists().where(later.supersedes_id == IntelligenceNote.id))


def list_standing(
    session: Session, *, now: datetime, after: int | None = None, size: int = PAGE
) -> Page[IntelligenceNote]:
    """Return a page of the notes that stand, newest first."""
    query = select(IntelligenceNote).where(stands(london_date(now)))
    return read_page(session, query, Order(IntelligenceNote.id), after=after, size=size)


def list_held(
    session: Session, actor: Actor, *, now: datetime, after: int | None, party: int | None, limit: int
) -> Page[Held]:
    """Return a page of the notes that stand as somebody may see them; those of a party all at once.

    :raises NotFound: there is no such party.
    """
    if party is not None:
        members = parties.get_party(session, party).members
        without = kept_from(session, actor, members, now=now)
        return Page(holdings(session, actor, members, now=now, without=without).of_parties(members), None)
    page = list_standing(session, now=now, after=after, size=limit)
    return page.all_told_by(lambda rows: as_held(session, actor, rows, now=now))


def kept_from(session: Session, actor: Actor, members: Collection[int], *, now: datetime) -> Collection[Fact]:
    """Return what some parties are known by only through calls that somebody may not see."""
    # Which calls tell of somebody is known above this package, and so is what is kept with them.
    kept_facts: Callable[..., Collection[Fact]] = current_app.extensions["tsalert_kept_facts"]
    return kept_facts(session, actor, members, now=now)


def label_of(row: IntelligenceAbout) -> str:
    """Return what a note is about in words."""
    return row.raw if row.kind == About.PARTY else f"{About.of(row.kind).label} {row.raw}"


def _of_parties(session: Session, party_ids: Collection[int], without: Collection[Fact]) -> dict[int, set[int]]:
    if not party_ids:
        return {}
    named = select(IntelligenceAbout.party_id, IntelligenceAbout.note_id)
    same = and_(PartyIdentifier.kind == IntelligenceAbout.kind, PartyIdentifier.normal == IntelligenceAbout.normal)
    fact = (PartyIdentifier.party_id, PartyIdentifier.kind, PartyIdentifier.normal)
    known = select(IntelligenceAbout.note_id, *fact).join(IntelligenceAbout, same)
    found: defaultdict[int, set[int]] = defaultdict(set)
    for party_id, note_id in session.execute(named.where(IntelligenceAbout.party_id.in_(party_ids))):
        found[party_id or 0].add(note_id)
    for note_id, party_id, kind, normal in session.execute(known.where(PartyIdentifier.party_id.in_(party_ids))):
        if (party_id, kind, normal) not in without:
            found[party_id].add(note_id)
    return found


def _of_marks(session: Session, marks: Collection[Mark]) -> dict[Mark, set[int]]:
    if not marks:
        return {}
    pair = tuple_(IntelligenceAbout.kind, IntelligenceAbout.normal)
    query = select(IntelligenceAbout.kind, IntelligenceAbout.normal, IntelligenceAbout.note_id)
    found: defaultdict[Mark, set[int]] = defaultdict(set)
    for kind, normal, note_id in session.execute(query.where(pair.in_([(str(kind), text) for kind, text in marks]))):
        found[kind, normal].add(note_id)
    return found


def _standing(session: Session, ids: Collection[int], now: datetime) -> Sequence[IntelligenceNote]:
    if not ids:
        return []
    query = select(IntelligenceNote).where(IntelligenceNote.id.in_(ids), stands(london_date(now)))
    return session.scalars(query.order_by(IntelligenceNote.id.desc())).all()


def _kept(found: Mapping[Key, set[int]], notes: Collection[int]) -> dict[Key, tuple[int, ...]]:
    return {key: tuple(sorted(ids & set(notes))) for key, ids in found.items()}


def _hidden(row: IntelligenceNote, names: dict[int, str]) -> Held:
    return Held(row.id, (), is_shown=False, ask=names.get(row.written_by or 0, "the service"))


def _labels(about: Sequence[IntelligenceAbout], unnamed: Collection[int]) -> tuple[str, ...]:
    """Return what a note is about, without the names of people who are restricted to whoever asks."""
    return tuple("Somebody restricted" if each.party_id in unnamed else label_of(each) for each in about)


def _shown(
    row: IntelligenceNote, about: tuple[str, ...], review_on: date, names: dict[int, str], *, today: date
) -> Held:
    grade = (row.source, row.assessment, row.handling)
    return Held(
        id=row.id,
        about=about,
        is_shown=True,
        ask=names.get(row.written_by or 0, "the service"),
        grade=grade_of(*grade),
        grade_words=grade_in_words(*grade),
        text=row.text,
        conditions=row.conditions,
        information_on=row.information_on,
        review_on=review_on,
        is_overdue=review_on < today,
    )

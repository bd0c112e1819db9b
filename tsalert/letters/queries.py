"""Reading templates and letters; who may see a letter is asked here and nowhere else."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.documents.description import Document, TitleHere
from tsalert.documents.keeping import thaw
from tsalert.letters.models import Letter, LetterSending, LetterTemplate
from tsalert.letters.standard import STANDARD
from tsalert.letters.vocabulary import SENSITIVE, LetterKind
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_GONE = "Removed when its time was over"


class Wording(Struct, frozen=True):
    """The words of a kind of letter that are in use; version 0 is what came with the program."""

    kind: LetterKind
    version: int
    title: str
    body: str


class LetterRecord(Struct, frozen=True):
    """A letter with how it was sent, oldest first."""

    row: Letter
    sendings: Sequence[LetterSending]

    @property
    def kind(self) -> LetterKind:
        """What it is for."""
        return LetterKind.of(self.row.kind)

    @property
    def document(self) -> Document:
        """The letter as it was issued; once its time is over nothing but its hash is left."""
        if not self.row.content.startswith("{"):
            return Document(_GONE, _GONE, self.row.issued_at, (TitleHere(),))
        return thaw(self.row.content)


def wording(session: Session, kind: LetterKind) -> Wording:
    """Return the words that are in use."""
    query = select(LetterTemplate).where(LetterTemplate.kind == kind).order_by(LetterTemplate.version.desc()).limit(1)
    row = session.scalar(query)
    if row is None:
        return Wording(kind, 0, *STANDARD[kind])
    return Wording(kind, row.version, row.title, row.body)


def versions(session: Session, kind: LetterKind) -> Sequence[LetterTemplate]:
    """Return the versions that staff wrote, latest first."""
    query = select(LetterTemplate).where(LetterTemplate.kind == kind)
    return session.scalars(query.order_by(LetterTemplate.version.desc())).all()


def require_kind(session: Session, case_id: int, kind: LetterKind, *, actor: Actor, now: datetime) -> None:
    """Refuse a letter to somebody who may not see what it says.

    :raises Withheld: they may not.
    """
    if kind in SENSITIVE:
        tiers.require_sensitive(session, actor, Subject.CASE, case_id, now=now)


def get_letter(session: Session, case_id: int, letter_id: int, *, actor: Actor, now: datetime) -> LetterRecord:
    """Return one letter of a case.

    :raises NotFound: the case has none with that number.
    :raises Withheld: this person may not see it.
    """
    cases.get_visible_case(session, case_id, actor=actor, now=now)
    query = select(Letter).where(Letter.id == letter_id, Letter.case_id == case_id)
    row = session.scalar(query) if is_id(letter_id) else None
    if row is None:
        raise NotFound("There is no such letter in this case.")
    require_kind(session, case_id, LetterKind.of(row.kind), actor=actor, now=now)
    return _records(session, [row])[0]


def letters_of(session: Session, case_id: int, *, actor: Actor, now: datetime) -> list[LetterRecord]:
    """Return those letters of a case that this person may see, oldest first."""
    cases.get_visible_case(session, case_id, actor=actor, now=now)
    sees_all = tiers.may_see_sensitive(session, actor, Subject.CASE, case_id, now=now)
    query = select(Letter).where(Letter.case_id == case_id).order_by(Letter.id)
    return _records(session, [row for row in session.scalars(query) if sees_all or row.kind not in SENSITIVE])


def ordinary_letters(session: Session, case_id: int) -> list[LetterRecord]:
    """Return the letters of a case that everybody may see who may see the case, for its timeline."""
    query = select(Letter).where(Letter.case_id == case_id, Letter.kind.not_in(SENSITIVE)).order_by(Letter.id)
    return _records(session, session.scalars(query).all())


def _records(session: Session, rows: Sequence[Letter]) -> list[LetterRecord]:
    sendings: dict[int, list[LetterSending]] = {row.id: [] for row in rows}
    query = select(LetterSending).where(LetterSending.letter_id.in_(sendings)).order_by(LetterSending.id)
    for sending in session.scalars(query):
        sendings[sending.letter_id].append(sending)
    return [LetterRecord(row, sendings[row.id]) for row in rows]

"""One note with all that belongs to it, for whoever may see it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.intelligence import queries
from tsalert.intelligence.models import IntelligenceAbout, IntelligenceNote, IntelligenceReview, IntelligenceSharing
from tsalert.intelligence.queries import Held
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


class ShownNote(Struct, frozen=True):
    """A note, how it reads, what it is about, how it was reviewed and with whom it was shared."""

    note: IntelligenceNote
    held: Held
    about: Sequence[IntelligenceAbout]
    reviews: Sequence[IntelligenceReview]
    sharings: Sequence[IntelligenceSharing]
    superseded_by: int | None
    is_restricted: bool


def shown_note(session: Session, note_id: int, *, actor: Actor, now: datetime) -> ShownNote:
    """Return one note, standing or not.

    :raises NotFound: there is none.
    :raises Withheld: it is restricted, and they may not see it now.
    """
    note = queries.get_note(session, note_id)
    tiers.require_visible(session, actor, Subject.NOTE, note_id, now=now)
    (held,) = queries.as_held(session, actor, [note], now=now)
    return ShownNote(
        note,
        held,
        queries.about_of(session, [note_id])[note_id],
        queries.reviews_of(session, note_id),
        queries.sharings_of(session, note_id),
        queries.superseded_by(session, note_id),
        tiers.is_restricted(session, Subject.NOTE, note_id),
    )

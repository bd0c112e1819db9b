"""Reading what happened in calls to the service's number; what other capabilities may ask."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.core.errors import NotFound
from tsalert.telephone.models import Notice, Recording, TelephoneCall, TelephoneEvent
from tsalert.telephone.rules import Course, EventKind, Reason

# What Twilio says of a telephone that it rang; "completed" without a key is a voicemail, or somebody else.
_RESULTS = {
    "busy": "engaged",
    "canceled": "the caller rang off",
    "completed": "answered, but no key was pressed",
    "failed": "it could not be reached",
    "no-answer": "no answer",
}


class Message(Struct, frozen=True):
    """A message that a caller left; ``is_kept`` while its sound is here to be heard."""

    id: int
    seconds: int | None
    left_at: datetime
    keep_until: datetime
    fault: str | None
    sha256: str | None
    size: int | None
    fetched_at: datetime | None
    removed_at_provider: datetime | None
    held_at: datetime | None
    held_reason: str | None
    deleted_at: datetime | None

    @property
    def is_kept(self) -> bool:
        """True while its sound is here to be heard."""
        return self.fetched_at is not None and self.deleted_at is None


class Happening(Struct, frozen=True):
    """One thing that happened in a call; ``seconds`` is how long the call took, at its end."""

    kind: EventKind
    officer_id: int | None
    word: str | None
    seconds: int | None
    at: datetime

    @property
    def because(self) -> str:
        """Why a call was not taken, or a message asked for, in words."""
        if self.kind is EventKind.MESSAGE_ASKED and self.word:
            return Reason.of(self.word).label
        return _RESULTS.get(self.word or "", self.word or "no word from the network")


class Story(Struct, frozen=True):
    """A call to the service's number from its first ring."""

    call_id: int
    provider_ref: str
    caller: str
    called: str
    rang_at: datetime
    happenings: tuple[Happening, ...]
    message: Message | None

    @property
    def taken(self) -> Happening | None:
        """Who took the call, and when."""
        return self._first(EventKind.TAKEN)

    @property
    def ended(self) -> Happening | None:
        """How and when it ended."""
        return self._first(EventKind.ENDED)

    @property
    def course(self) -> Course:
        """What decides whether it was missed."""
        return Course(
            rang_at=self.rang_at,
            taken_at=self.taken.at if self.taken else None,
            ended_at=self.ended.at if self.ended else None,
            was_asked_for_message=self._first(EventKind.MESSAGE_ASKED) is not None,
            message_at=self.message.left_at if self.message else None,
        )

    def _first(self, kind: EventKind) -> Happening | None:
        return next((each for each in self.happenings if each.kind is kind), None)


def stories(session: Session, call_ids: Collection[int]) -> dict[int, Story]:
    """Return the stories of those of some calls that came by telephone, by the call's id."""
    rows = session.scalars(select(TelephoneCall).where(TelephoneCall.call_id.in_(call_ids))).all()
    ids = [row.id for row in rows]
    happenings = _happenings(session, ids)
    messages = {row.telephone_call_id: _message(row) for row in _recordings(session, ids)}
    return {
        row.call_id: Story(
            row.call_id,
            row.provider_ref,
            row.caller,
            row.called,
            row.rang_at,
            tuple(happenings[row.id]),
            messages.get(row.id),
        )
        for row in rows
    }


def find_story(session: Session, call_id: int) -> Story | None:
    """Return the story of one call, if it came by telephone."""
    return stories(session, [call_id]).get(call_id)


def get_recording(session: Session, call_id: int, *, lock: bool = False) -> Recording:
    """Return the recording of a call.

    :raises NotFound: its caller left no message.
    """
    query = select(Recording).join(TelephoneCall).where(TelephoneCall.call_id == call_id).order_by(Recording.id)
    found = session.scalars(query.with_for_update(of=Recording) if lock else query).first()
    if found is None:
        raise NotFound("The caller left no message.")
    return found


def told_at(session: Session, call_ids: Collection[int]) -> dict[int, datetime]:
    """Return when officers were told of those of some calls that were missed."""
    query = select(Notice.call_id, Notice.at).where(Notice.call_id.in_(call_ids))
    return {call_id: at for call_id, at in session.execute(query) if call_id is not None}


def was_told(call_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Tell, within a query, whether officers were told of a call that was missed."""
    return select(Notice.key).where(Notice.call_id == call_id).exists()


def _happenings(session: Session, ids: list[int]) -> dict[int, list[Happening]]:
    found: defaultdict[int, list[Happening]] = defaultdict(list)
    query = select(TelephoneEvent).where(TelephoneEvent.telephone_call_id.in_(ids)).order_by(TelephoneEvent.id)
    for row in session.scalars(query):
        happening = Happening(EventKind.of(row.kind), row.officer_id, row.word, row.seconds, row.at)
        found[row.telephone_call_id].append(happening)
    return found


def _recordings(session: Session, ids: list[int]) -> list[Recording]:
    """Return recordings, the newest of a call first, so that its first is what a dict keeps."""
    query = select(Recording).where(Recording.telephone_call_id.in_(ids)).order_by(Recording.id.desc())
    return list(session.scalars(query))


def _message(row: Recording) -> Message:
    return Message(
        id=row.id,
        seconds=row.seconds,
        left_at=row.left_at,
        keep_until=row.keep_until,
        fault=row.fault,
        sha256=row.sha256,
        size=row.size,
        fetched_at=row.fetched_at,
        removed_at_provider=row.removed_at_provider,
        held_at=row.held_at,
        held_reason=row.held_reason,
        deleted_at=row.deleted_at,
    )

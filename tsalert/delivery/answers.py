"""How often each provider takes, refuses or puts off what it is handed; counted in memory, written every few seconds.

A row for each answer would be written by every sender at once, and all would wait for each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from threading import Lock

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.words import Word
from tsalert.db import insert_into, not_wait_for_disk, transaction
from tsalert.delivery.models import ProviderAnswers
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Rejected, RetryLater
from tsalert.delivery.rules import Channel


class AnswerKind(Word):
    """What a provider may answer, or that it did not."""

    ACCEPTED = "accepted", "Taken"
    REJECTED = "rejected", "Refused"
    LATER = "later", "Put off"
    DOUBT = "doubt", "No clear answer"
    UNREACHABLE = "unreachable", "Could not be reached"


_KINDS: dict[type[Answer], AnswerKind] = {
    Accepted: AnswerKind.ACCEPTED,
    Rejected: AnswerKind.REJECTED,
    RetryLater: AnswerKind.LATER,
    InDoubt: AnswerKind.DOUBT,
}


class AnswerCount:
    """Counts what providers answer; shared by the senders of a worker."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def note(self, channel: Channel, answers: Iterable[Answer]) -> None:
        """Count answers."""
        of_type = Counter(map(type, answers))
        self._add({(channel.value, _KINDS[each].value): count for each, count in of_type.items()})

    def note_unreachable(self, channel: Channel) -> None:
        """Count that a provider could not be spoken to."""
        self._add({(channel.value, AnswerKind.UNREACHABLE.value): 1})

    def keep(self, *, now: datetime) -> None:
        """Write down what was counted since the last time; what cannot be written stays counted."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        if not taken:
            return
        try:
            with transaction() as session:
                not_wait_for_disk(session)
                _add_up(session, taken, now)
        except BaseException:
            with self._lock:
                self._counts += taken
            raise

    def _add(self, found: Mapping[tuple[str, str], int]) -> None:
        with self._lock:
            self._counts.update(found)


def answers_so_far(session: Session) -> Sequence[ProviderAnswers]:
    """Return how often each provider gave each answer."""
    order = (ProviderAnswers.channel, ProviderAnswers.answer)
    return session.scalars(select(ProviderAnswers).order_by(*order)).all()


def _add_up(session: Session, counts: Counter[tuple[str, str]], now: datetime) -> None:
    adding = insert_into(session, ProviderAnswers)
    new = adding.excluded
    more = {"count": ProviderAnswers.count + new["count"], "last_at": new["last_at"]}
    rows = [
        {"channel": channel, "answer": answer, "count": count, "last_at": now}
        for (channel, answer), count in sorted(counts.items())  # in one order, so that no two workers block each other
    ]
    session.execute(adding.on_conflict_do_update(index_elements=["channel", "answer"], set_=more), rows)

"""One sender: it claims, sends with no transaction open, records in one batch, and claims again."""

import logging
import random
from collections import Counter
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic

from flask import Flask
from msgspec import Struct, field
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tsalert.db import shared_now, transaction
from tsalert.delivery import claiming, outcomes
from tsalert.delivery.answers import AnswerCount
from tsalert.delivery.claiming import Claimant, Claimed, Work
from tsalert.delivery.counting import Place, count_moves
from tsalert.delivery.journal import Journal
from tsalert.delivery.pacing import Gate
from tsalert.delivery.ports import Answer, Gateway, InDoubt, Line, Message, Unavailable
from tsalert.delivery.printing import press_of
from tsalert.delivery.retries import SMALLEST_CLAIM, Outcome, next_claim_size, outcome
from tsalert.delivery.watching import FailureWatch

# A message may be begun only while its whole exchange with the provider still fits into the lease.
_TIME_TO_BEGIN = claiming.LEASE.total_seconds() / 2
_FIRST_PAUSE = 1.0
_HELD_SECONDS = 15.0
_LONGEST_PAUSE = {Work.PAGES: 5.0, Work.OTHERS: 60.0}
_log = logging.getLogger(__name__)


class Surroundings(Struct, frozen=True):
    """What all senders of a worker share.

    :param write_lock: held around each transaction; real on SQLite, which has one writer at a time.
    """

    app: Flask
    journals: Path
    stop: Event
    write_lock: AbstractContextManager[object]
    watch: FailureWatch = field(default_factory=FailureWatch)
    answers: AnswerCount = field(default_factory=AnswerCount)


class Attempts:
    """Notes what was begun and answered, on disk and in memory."""

    def __init__(self, journal: Journal, stop: Event) -> None:
        self._journal = journal
        self._stop = stop
        self._deadline = monotonic() + _TIME_TO_BEGIN
        self._begun: set[int] = set()
        self.answers: dict[int, Answer] = {}

    def has_time(self) -> bool:
        """Tell whether another message may be begun: not when stopping, nor late in the lease."""
        return not self._stop.is_set() and monotonic() < self._deadline

    def begin(self, message: Message) -> None:
        """Note that the content is about to leave."""
        self._journal.begin(message.delivery_id)
        self._begun.add(message.delivery_id)

    def end(self, message: Message, answer: Answer) -> None:
        """Note the answer."""
        self._begun.discard(message.delivery_id)
        self._journal.end(message.delivery_id, answer)
        self.answers[message.delivery_id] = answer

    def finish(self) -> dict[int, Answer]:
        """Return every answer; what a faulty line began and left without one is in doubt."""
        return self.answers | dict.fromkeys(self._begun, InDoubt("the line broke without a word"))


class Sender:
    """One connection to one provider, in a thread of its own.

    :param work: whether it sends pages, one at a time, or everything else.
    """

    def __init__(self, gateway: Gateway, around: Surroundings, work: Work = Work.OTHERS) -> None:
        self.wake = Event()
        self.channel, self.work = gateway.channel, work
        self._gateway = gateway
        self._around = around
        self._line: Line = gateway.line()
        self._journal = Journal(around.journals)
        self._claimant = Claimant(gateway.channel, self._journal.owner, work)
        self._gate = Gate(around.app, gateway.channel, work)
        self._press = press_of(around.app)
        # A page that a slow provider holds up must hold up no other.
        self._size = 1 if work is Work.PAGES else SMALLEST_CLAIM
        self._in_hand: list[Claimed] = []
        self._answers: dict[int, Answer] = {}
        self._may_hold_rows = False
        self._pauses = 0

    def run(self, idle_seconds: float = 30.0) -> None:
        """Send until told to stop; then record what is in hand and go."""
        stop = self._around.stop
        while not stop.is_set():
            if not self._turn_safely() and not stop.is_set():
                self._rest(self._gate.patience(idle_seconds))
        self.leave()

    def turn(self) -> bool:
        """Claim once and send it; False where nothing was due.

        :raises Unavailable: the provider cannot be spoken to; nothing stays claimed but what it took.
        """
        with self._around.app.app_context():
            self._exchange(self._size)
            if not self._in_hand:
                return False
            started = monotonic()
            attempts = Attempts(self._journal, self._around.stop)
            try:
                self._line.send(self._press.messages(self._in_hand), attempts)
            finally:
                self._answers = attempts.finish()
                self._may_hold_rows = len(self._answers) < len(self._in_hand)
                self._journal.flush()
            if len(self._in_hand) == self._size and self.work is Work.OTHERS:
                took, answered = monotonic() - started, len(self._answers)
                self._size = next_claim_size(answered, took, connections=self._line.connections)
            self._pauses = 0
            return True

    def settle(self) -> None:
        """Record what is in hand without claiming more."""
        with self._around.app.app_context():
            self._exchange(0)

    def _rest(self, seconds: float) -> None:
        """Wait until woken; whoever rests for long keeps no connection, of which a provider may allow only a few."""
        if not self.wake.wait(min(seconds, _HELD_SECONDS)) and seconds > _HELD_SECONDS:
            self._line.close()
            self.wake.wait(seconds - _HELD_SECONDS)
        self.wake.clear()

    def _turn_safely(self) -> bool:
        """Take one turn; whatever goes wrong, keep what is known and try again after a pause."""
        try:
            return self.turn()
        except Unavailable as error:
            _log.warning("%s cannot be reached: %s", self._gateway.channel, error)
            self._around.answers.note_unreachable(self.channel)
            self._pause(error.after)
        except SQLAlchemyError as error:
            _log.warning("the database cannot be reached: %s", type(error).__name__)
            self._may_hold_rows = True
            self._pause(None)
        except Exception:  # noqa: BLE001 - one faulty message must not end the sending of all
            _log.exception("a sender of %s failed", self._gateway.channel)
            self._may_hold_rows = True
            self._pause(None)
        return True

    def _exchange(self, size: int) -> None:
        """Record the last claim and take the next, in one transaction."""
        around, owner, channel = self._around, self._journal.owner, self._gateway.channel
        with around.write_lock, transaction() as session:
            # By the clock that all machines share: a lease by one that is off would pass for that of a lost machine.
            size, now = self._gate.admit(session, size, gives_back=self._may_hold_rows), shared_now(session)
            changes, results = Counter[Place](), self._results(now)
            if results:
                changes.update(outcomes.write_outcomes(session, channel, owner, results, now=now))
                around.watch.pause_failing(session, self._in_hand, results)
            if self._may_hold_rows:
                self._gate.give_back(session, claiming.release(session, owner))
            claimed = self._take(session, size, changes, now) if size else []
            self._gate.count(session, len(claimed))
            self._press.lay_out(session, claimed)
            count_moves(session, changes, now)
        around.answers.note(channel, self._answers.values())
        self._in_hand, self._answers, self._may_hold_rows = claimed, {}, False
        self._journal.clear()

    def _take(self, session: Session, size: int, changes: Counter[Place], now: datetime) -> list[Claimed]:
        claimed, let_go = claiming.take(session, self._claimant, size, now=now)
        changes.update(let_go)
        return claimed

    def _results(self, now: datetime) -> dict[int, Outcome]:
        answers = self._answers
        return {
            each.id: outcome(answers[each.id], each.standing, now=now, draw=random.random())  # noqa: S311 - spreads load
            for each in self._in_hand
            if each.id in answers
        }

    def _pause(self, asked: float | None) -> None:
        """Put back what was not begun, then leave the provider in peace for a while."""
        try:
            self.settle()
        except Exception as error:  # noqa: BLE001 - a sender that ended would keep what it holds as long as its worker lives
            _log.warning("what was sent is not written down yet: %s", type(error).__name__)
            self._may_hold_rows = True
        ceiling = min(_LONGEST_PAUSE[self.work], _FIRST_PAUSE * 2**self._pauses)
        self._pauses = min(self._pauses + 1, 10)
        self._around.stop.wait((asked or 0.0) + ceiling * random.uniform(0.5, 1))  # noqa: S311 - spreads load

    def leave(self) -> None:
        """Take leave of the provider and record what is in hand."""
        self._line.close()
        try:
            self.settle()
        except Exception:  # noqa: BLE001 - as above
            _log.warning("what was sent last stays in the journal until the next start")
            return
        self._journal.close()

"""Several SMTP connections in one thread: each says its next sentence when its server has answered the last.

Threads for each would spend their time handing Python's lock to each other, twice for every message.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ, BaseSelector, DefaultSelector
from smtplib import SMTPException
from time import monotonic

from msgspec import Struct

from tsalert.delivery.ports import AttemptLog, Message, Unavailable
from tsalert.providers.smtp_talk import Talk
from tsalert.providers.smtp_wire import Lost, Wire

_IDLE_SECONDS = 15.0
# A server that takes fewer connections than we may open is not asked for another before this.
_ENOUGH_SECONDS = 60.0
_LOOK_SECONDS = 1.0
# No wait for an answer is longer by then.
_MOST_DOUBLINGS = 10
# Whoever found no connection asks again before this, or wants none any more.
_WANTED_SECONDS = 10.0

Connect = Callable[..., Wire]


class Want(Struct):
    """What the lines to one server know of each other: that one of them found no connection, since others hold all."""

    until: float = 0.0

    def begin(self) -> None:
        """Note that a line has none."""
        self.until = monotonic() + _WANTED_SECONDS

    def end(self) -> None:
        """Note that it has one."""
        self.until = 0.0

    @property
    def stands(self) -> bool:
        """Tell whether somebody waits for one."""
        return monotonic() < self.until


class SmtpLine:
    """Kept connections to one server, used by one thread.

    :param connect: opens and secures a connection; told how often its patience is doubled, up to that for any answer.
    :param most: how many connections may be open.
    :param recycle_after: messages after which a connection is made anew.
    :param want: shared with other lines to the same server.
    """

    def __init__(self, connect: Connect, most: int, *, sender: str, recycle_after: int, want: Want) -> None:
        self.connections = most
        self._connect = connect
        self._want = want
        self._sender = sender
        self._recycle_after = recycle_after
        self._talks: list[Talk] = []
        self._used_at = 0.0
        self._enough_until = 0.0
        self._in_vain = 0
        self._error: Exception | None = None

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        """Hand over messages; what a connection leaves when it breaks, the others take.

        So at most one message on each connection is in doubt when the process or the server dies.

        :raises Unavailable: no connection, or all broke before any took a message; what was begun is in doubt.
        """
        self._open(len(messages))
        talks, self._error = self._talks.copy(), None
        taken = _taken(talks)
        with DefaultSelector() as selector:
            self._talk(iter(messages), log, selector)
        self._used_at = monotonic()
        self._recycle()
        # A server that closes each connection after so many mails is there all the same.
        if self._error is not None and not self._talks and _taken(talks) == taken:
            raise Unavailable(f"the mail server broke off: {self._error}") from self._error

    def close(self) -> None:
        """Say QUIT, if the server still listens."""
        talks, self._talks = self._talks, []
        for talk in talks:
            talk.wire.quit()

    def _open(self, useful: int) -> None:
        """Open as many connections as there are messages, as far as we may and the server lets us."""
        if monotonic() - self._used_at > _IDLE_SECONDS:
            self.close()
        # A server under stress closes what is not used for some seconds, and its goodbye is no answer to a mail.
        self._let_go([talk for talk in self._talks if talk.wire.is_left])
        if self._want.stands and len(self._talks) > 1:
            # A page waits for no broadcast, also where a relay allows so few that the broadcast has them all.
            self._talks.pop().wire.quit()
            self._want.end()
            self._enough_until = monotonic() + _ENOUGH_SECONDS
        while (missing := min(self.connections, useful) - len(self._talks)) > 0 and (
            not self._talks or monotonic() >= self._enough_until
        ):
            # A server that takes few is not asked for many more.
            self._open_together(min(missing, max(1, len(self._talks))))

    def _open_together(self, count: int) -> None:
        """Open so many at once, since each takes a while from far away; make do with what the server lets us have.

        :raises Unavailable: there is none.
        """
        is_first = not self._talks
        # A relay may leave those beyond its limit unanswered: a page asks soon for one of the broadcast's instead.
        # One that is slow is waited for longer each time.
        connect = partial(self._connect, doublings=1 + self._in_vain if is_first else 0)
        with ThreadPoolExecutor(count) as pool:
            opening = [pool.submit(connect) for _ in range(count)]
        for each in opening:
            try:
                self._talks.append(Talk(each.result(), sender=self._sender))
            except (OSError, SMTPException, Lost) as error:
                if not self._talks:
                    self._in_vain = min(self._in_vain + 1, _MOST_DOUBLINGS)
                    self._want.begin()
                    raise Unavailable(f"no connection to the mail server: {error}") from error
                self._enough_until = monotonic() + _ENOUGH_SECONDS
        if is_first:
            self._in_vain = 0
            self._want.end()

    def _talk(self, messages: Iterator[Message], log: AttemptLog, selector: BaseSelector) -> None:
        """Begin a dialogue over each connection and go on until all have come to their end."""
        for talk in self._talks.copy():
            selector.register(talk.wire, EVENT_READ, talk)
            self._step(talk, partial(talk.begin, messages, log), selector)
        look_at = monotonic() + _LOOK_SECONDS
        while selector.get_map():
            for key, _ in selector.select(_LOOK_SECONDS):
                self._step(key.data, key.data.listen, selector)
            if monotonic() >= look_at:
                look_at = monotonic() + _LOOK_SECONDS
                for key in list(selector.get_map().values()):
                    self._step(key.data, key.data.wire.require_patience, selector)

    def _step(self, talk: Talk, step: Callable[[], None], selector: BaseSelector) -> None:
        """Take a step of a dialogue; a connection that breaks is dropped, one that has no more to say is kept."""
        try:
            step()
        except (OSError, Lost) as error:
            talk.fail(error)
            self._error = error
            self._talks.remove(talk)
            selector.unregister(talk.wire)
            talk.wire.drop()
        else:
            if talk.is_over:
                selector.unregister(talk.wire)

    def _recycle(self) -> None:
        self._let_go([talk for talk in self._talks if talk.taken >= self._recycle_after])

    def _let_go(self, talks: Sequence[Talk]) -> None:
        for talk in talks:
            self._talks.remove(talk)
            talk.wire.quit()


def _taken(talks: Sequence[Talk]) -> int:
    return sum(talk.taken for talk in talks)

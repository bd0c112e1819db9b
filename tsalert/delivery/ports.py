"""What delivery asks of a provider, and the four answers a provider may give."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from msgspec import Struct

from tsalert.delivery.rules import Channel, Lane, SuppressionReason


class Message(NamedTuple):
    """One message to one person, ready to leave.

    :param content: a whole mail with its headers, lines ended by CR LF; or the words of a text or call, in UTF-8.
    :param doubts: how many earlier tries of it may have been taken.
    """

    delivery_id: int
    mailing_id: int
    channel: Channel
    address: str
    content: bytes
    lane: Lane = Lane.BULK
    doubts: int = 0


class Accepted(Struct, frozen=True):
    """The provider took it; ``reference`` is its own name for it, or what it said."""

    reference: str


class Rejected(Struct, frozen=True):
    """The provider will never take it.

    :param suppress: why the address must not be tried again, where the answer is about the address.
    """

    reason: str
    suppress: SuppressionReason | None = None


class RetryLater(Struct, frozen=True):
    """The provider certainly did not take it.

    :param after: how many seconds it asked us to wait.
    :param is_outage: nothing could be sent to anybody just then, which says nothing of this message.
    """

    reason: str
    after: float | None = None
    is_outage: bool = False


class InDoubt(Struct, frozen=True):
    """The content went out and no clear answer came back: it may or may not have been taken."""

    reason: str


Answer = Accepted | Rejected | RetryLater | InDoubt


class Unavailable(Exception):
    """The provider cannot be spoken to just now, whoever the message is for.

    :param after: how many seconds it asked us to wait.
    """

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class AttemptLog(Protocol):
    """Where a line notes each message, before its content leaves and after its answer."""

    def has_time(self) -> bool:
        """Tell whether another message may be begun; asked before each."""
        ...

    def begin(self, message: Message) -> None:
        """Note that the content is about to leave; from now on silence means doubt."""
        ...

    def end(self, message: Message, answer: Answer) -> None:
        """Note the answer; also of a message refused before its content left."""
        ...


class Line(Protocol):
    """One or several kept connections to a provider, used by one thread."""

    @property
    def connections(self) -> int:
        """How many it may keep open, each with one message on its way."""
        ...

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        """Hand over messages in their order; those never begun and never ended were not touched.

        :raises Unavailable: the provider cannot be spoken to; what was begun has been ended in the log.
        """
        ...

    def close(self) -> None:
        """Take leave, if anybody still listens."""
        ...


class Gateway(Protocol):
    """A provider of one channel."""

    @property
    def channel(self) -> Channel:
        """The channel it serves."""
        ...

    @property
    def lines(self) -> int:
        """How many lines a worker may keep open at once, besides those that take pages alone."""
        ...

    def line(self) -> Line:
        """Return a new line; it connects when it is first used."""
        ...

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return references of messages that may be this one, taken since then; None where it cannot be asked."""
        ...


class Told(NamedTuple):
    """What a provider says, when it is asked, has become of a message: its own word, and the code of a failure.

    The word is empty where it does not know the message any more.
    """

    reference: str
    word: str
    code: str = ""


@runtime_checkable
class Witness(Gateway, Protocol):
    """A gateway that can be asked later what became of messages that it took."""

    def ask_after(self, references: Sequence[str]) -> Iterator[Told]:
        """Ask about messages one after the other, by the references that it gave them.

        :raises Unavailable: it does not answer; what it has told until then holds.
        """
        ...


class Probed(Gateway, Protocol):
    """A gateway that can be tried out before anything depends on it."""

    def probe(self) -> str:
        """Speak to the provider as far as one can without sending anything, and say in words what answered.

        :raises Unavailable: it does not answer, or refuses us.
        """
        ...

"""What a line to a provider said of each message, for tests."""

from msgspec import Struct, field

from tsalert.delivery.ports import Answer, Message


class Log(Struct):
    """Remembers what a line said, in order."""

    begun: list[int] = field(default_factory=list)
    answers: dict[int, Answer] = field(default_factory=dict)
    limit: int = 1000
    connections: int = 1

    def has_time(self) -> bool:
        return len(self.begun) < self.limit

    def begin(self, message: Message) -> None:
        in_flight = len(set(self.begun) - set(self.answers))
        assert in_flight < self.connections, "two messages were in flight on one connection"
        self.begun.append(message.delivery_id)

    def end(self, message: Message, answer: Answer) -> None:
        assert message.delivery_id not in self.answers
        self.answers[message.delivery_id] = answer

"""A million invented subscribers, straight into an empty database of either kind.

Everything follows from a subscriber's number. Of a hundred addresses seventy are mail, twenty mobiles, ten landlines;
of a hundred people ten live we know not where, five have left, three never confirmed, three share an address
and three want large print. Every 1,500th is a partner. No number can be dialled.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.engine import Engine

from tests.benchmarks.bulk import Bulk, bulk
from tests.benchmarks.invented import WARDS
from tsalert.delivery.rules import Channel, address_key
from tsalert.subscribers.models import Topic

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
PARTNER_EVERY = 1500
_CHANNELS = (*[Channel.EMAIL] * 7, *[Channel.SMS] * 2, Channel.VOICE)
_FREQUENCIES = (*["immediate"] * 16, *["daily"] * 3, "weekly")
_COLUMNS = {
    "subscriber": ("id", "kind", "name", "language", "ward", "postcode", "formats", "created_at"),
    "endpoint": ("id", "channel", "address", "address_key", "status", "created_at", "confirmed_at"),
    "subscriber_endpoint": ("subscriber_id", "endpoint_id", "channel"),
    "subscription": (
        "id", "subscriber_id", "endpoint_id", "topic_id", "frequency", "source", "started_at", "ended_at",
        "ended_reason",
    ),
    "consent_event": (
        "id", "subscriber_id", "endpoint_id", "act", "method", "wording", "source", "at", "recorded_at",
    ),
    "suppression": ("id", "channel", "address_key", "reason", "at"),
    "partner": ("subscriber_id", "declared_reach", "basis", "declared_at", "code"),
}  # fmt: skip


def load(engine: Engine, count: int, *, secret: str) -> None:
    """Fill the tables of subscribers, and let the database count them.

    :param secret: the key under which addresses are found.
    """
    with engine.connect() as connection:
        topics = list(connection.scalars(select(Topic.id).order_by(Topic.position)))
    with bulk(engine, _COLUMNS) as rows:
        loader = _Loader(rows, topics, count, secret)
        for number in range(1, count + 1):
            loader.add(number)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def address(number: int) -> str:
    """Return the address of a subscriber's own."""
    channel = _channel(number)
    if channel is Channel.EMAIL:
        return f"resident.{number}@example.com"
    return f"+440000{number:07}" if channel is Channel.SMS else f"+441632{number:07}"


def _channel(number: int) -> Channel:
    return _CHANNELS[number % len(_CHANNELS)]


class _Loader:
    def __init__(self, rows: Bulk, topics: list[int], count: int, secret: str) -> None:
        self._rows, self._topics, self._count, self._secret = rows, topics, count, secret
        self._subscriptions = 0

    def add(self, number: int) -> None:
        at = _written(NOW - timedelta(minutes=(self._count - number) * 10 * 365 * 24 * 60 // self._count))
        shares, has_left = number % 33 == 2, number % 20 == 7
        endpoint = number - 1 if shares else number
        channel = _channel(endpoint)
        self._add_person(number, at)
        self._rows.add("subscriber_endpoint", (number, endpoint, channel))
        if not shares:
            self._add_endpoint(number, channel, at, has_left=has_left)
        ended = (_written(NOW), "unsubscribed") if has_left else (None, None)
        for topic in self._wanted(number):
            self._subscriptions += 1
            frequency = _FREQUENCIES[number // 3 % len(_FREQUENCIES)]
            row = (self._subscriptions, number, endpoint, topic, frequency, "import", at, *ended)
            self._rows.add("subscription", row)
        consent = (number, number, endpoint, "given", "import", "In the words of the source named.", "paper form")
        self._rows.add("consent_event", (*consent, at, at))

    def _add_person(self, number: int, at: str) -> None:
        is_partner = number % PARTNER_EVERY == 0
        ward = None if number % 10 == 3 else WARDS[number % len(WARDS)][0]
        formats = '["large_print"]' if number % 33 == 5 else "[]"
        name, kind = f"Resident {number} (invented)", "partner" if is_partner else "resident"
        self._rows.add("subscriber", (number, kind, name, "en-GB", ward, None, formats, at))
        if is_partner:
            self._rows.add("partner", (number, number % 400, "Newsletter", at, f"C{number:07}"))

    def _add_endpoint(self, number: int, channel: Channel, at: str, *, has_left: bool) -> None:
        key = address_key(channel, address(number), self._secret)
        is_waiting = number % 33 == 9 and not has_left
        status = "opted_out" if has_left else "unconfirmed" if is_waiting else "active"
        row = (number, channel, address(number), key, status, at, None if is_waiting else at)
        self._rows.add("endpoint", row)
        if has_left:
            self._rows.add("suppression", (number, channel, key, "opted_out", _written(NOW)))

    def _wanted(self, number: int) -> tuple[int, ...]:
        """Choose all topics for six of ten, else one or two of the others."""
        others = self._topics[1:]
        if number // 7 % 10 < 6:
            return (self._topics[0],)
        first = number % len(others)
        return (others[first],) if number % 3 else (others[first], others[first - 1])


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}.000000"

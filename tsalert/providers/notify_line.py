"""What mail and texts by GOV.UK Notify share: kept HTTP sessions through its own client."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar

from msgspec import Struct
from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient
from requests import Response
from requests.exceptions import RequestException

from tsalert.delivery.naming import message_name
from tsalert.delivery.ports import (
    Accepted,
    Answer,
    AttemptLog,
    InDoubt,
    Message,
    Rejected,
    RetryLater,
    Told,
    Unavailable,
)
from tsalert.delivery.rules import Channel, Lane
from tsalert.notify_settings import NotifySettings
from tsalert.providers.connecting import never_connected, seconds_asked
from tsalert.providers.notify_codes import verdict

Answered = TypeVar("Answered")
_LONGEST_REASON = 300


class Way(Struct, frozen=True):
    """How one channel goes by Notify.

    :param template_id: the template that is filled in.
    :param places: the template's placeholders, exactly.
    :param send: hands one message over under a name of ours.
    :param public_url: of this installation, for that name.
    """

    channel: Channel
    template_id: str
    places: frozenset[str]
    send: Callable[[Any, Message, str], Any]
    public_url: str


class NotifyLine:
    """One kept HTTP session.

    Notify finds a message by the name that we gave it. So one that may have been taken is looked for before it is sent
    again, and nobody gets it twice.
    """

    connections = 1

    def __init__(self, settings: NotifySettings, way: Way, *, timeout: float) -> None:
        # The client has no types.
        self._client: Any = NotificationsAPIClient(settings.api_key, base_url=settings.api_url, timeout=timeout)  # type: ignore[no-untyped-call]
        self._way = way
        self._is_checked = False

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        """Hand over messages one after the other.

        :raises Unavailable: no connection, or our account is at fault.
        """
        for message in messages:
            if not log.has_time():
                break
            self.require_template()
            known = self.named(message) if message.doubts else []
            if known:
                log.end(message, Accepted(known[0]))
                continue
            log.begin(message)
            self._hand_over(message, log)

    def named(self, message: Message, since: datetime | None = None) -> list[str]:
        """Return Notify's ids of the messages that bear this one's name, the latest first.

        :raises Unavailable: it does not answer.
        """
        name = message_name(self._way.public_url, message.delivery_id)

        def find() -> list[str]:
            found = self._client.get_all_notifications(template_type=self._way.channel.value, reference=name)
            times = {str(each["id"]): datetime.fromisoformat(each["created_at"]) for each in found["notifications"]}
            return [number for number, at in times.items() if since is None or at >= since]

        return self._ask(find)

    def fate_of(self, reference: str) -> Told:
        """Return what became of a message, by Notify's id.

        :raises Unavailable: it does not answer.
        """

        def ask() -> Told:
            try:
                return Told(reference, str(self._client.get_notification_by_id(reference)["status"]))
            except HTTPError as error:
                # It forgets after some days, and what is no id of its own it calls a bad request.
                if error.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}:
                    return Told(reference, "")
                raise

        return self._ask(ask)

    def close(self) -> None:
        """Close the session."""
        self._client.request_session.close()

    def _hand_over(self, message: Message, log: AttemptLog) -> None:
        try:
            answer = self._send_one(message)
            if isinstance(answer, Rejected):
                # Notify blames a template that was changed meanwhile in the same way as a message.
                self._is_checked = False
                self.require_template()
            log.end(message, answer)
        except Unavailable as error:
            # Whoever pages must hear within seconds that it does not leave.
            after = None if message.lane is Lane.PAGING else error.after
            log.end(message, RetryLater(str(error), after, is_outage=True))
            raise Unavailable(str(error), after=after) from error

    def _send_one(self, message: Message) -> Answer:
        name = message_name(self._way.public_url, message.delivery_id)
        try:
            made = self._way.send(self._client, message, name)
            return Accepted(str(made["id"]))
        except HTTPError as error:
            return _read_error(error, message.address)
        except (InvalidResponse, TypeError, KeyError):
            return InDoubt("what Notify answered cannot be read")

    def require_template(self) -> None:
        """Look at the template before the first message: a wrong one would send everybody something else.

        :raises Unavailable: it is another one, or Notify does not answer.
        """
        if self._is_checked:
            return
        if self._ask(self._read_template) != (self._way.channel.value, self._way.places):
            wanted = " and ".join(f"(({place}))" for place in sorted(self._way.places, reverse=True))
            raise Unavailable(f"the template at Notify must be of kind {self._way.channel}, with {wanted} and no more")
        self._is_checked = True

    def _read_template(self) -> tuple[str, frozenset[str]]:
        found = self._client.get_template(self._way.template_id)
        return found["type"], frozenset(found["personalisation"])

    def _ask(self, question: Callable[[], Answered]) -> Answered:
        try:
            return question()
        except HTTPError as error:
            raise Unavailable(f"Notify could not be asked: {_said(error)}") from error
        except (InvalidResponse, LookupError, TypeError, ValueError) as error:
            raise Unavailable("Notify could not be asked: its answer cannot be read") from error


class NotifyGateway:
    """A gateway to one service at Notify, for one channel.

    :param way: how that channel goes by it.
    """

    def __init__(self, settings: NotifySettings, way: Way, *, timeout: float, lines: int) -> None:
        self._settings, self._way, self._timeout = settings, way, timeout
        self.lines = lines

    def line(self) -> NotifyLine:
        """Return a line with a kept HTTP session of its own."""
        return NotifyLine(self._settings, self._way, timeout=self._timeout)

    def probe(self) -> str:
        """Read the template with our key.

        :raises Unavailable: Notify does not answer, refuses the key, or has another template than is needed.
        """
        line = self.line()
        try:
            line.require_template()
        finally:
            line.close()
        return "Notify answers, takes the key, and has the template as it must be"

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return Notify's ids of the messages that bear this one's name, taken since then.

        :raises Unavailable: Notify does not answer.
        """
        line = self.line()
        try:
            return line.named(message, since)
        finally:
            line.close()

    def ask_after(self, references: Sequence[str]) -> Iterator[Told]:
        """Ask what became of messages, by Notify's ids.

        :raises Unavailable: Notify does not answer.
        """
        line = self.line()
        try:
            for reference in references:
                yield line.fate_of(reference)
        finally:
            line.close()


def _read_error(error: HTTPError, address: str) -> Answer:
    """Read what became of a message; its address must not outlive it in the reason."""
    response: Response | None = error.response
    if response is not None:
        kind, reason = _first_error(response)
        reason = reason.replace(address, "•••")
        after = seconds_asked(response.headers.get("Retry-After", ""))
        return verdict(response.status_code, kind, reason, after=after)
    cause = error.__cause__
    if isinstance(cause, RequestException) and never_connected(cause):
        raise Unavailable("no connection to Notify") from error
    return InDoubt(f"Notify did not answer: {type(cause).__name__}")


def _first_error(response: Response) -> tuple[str, str]:
    """Return type and words of the first error, where the answer is Notify's own and no gateway's page."""
    try:
        first = response.json()["errors"][0]
        return str(first["error"]), str(first["message"])[:_LONGEST_REASON]
    except (ValueError, LookupError, TypeError):
        return "", response.reason


def _said(error: HTTPError) -> str:
    if error.response is None:
        return type(error.__cause__).__name__
    kind, reason = _first_error(error.response)
    return f"{error.response.status_code} {kind}: {reason}"

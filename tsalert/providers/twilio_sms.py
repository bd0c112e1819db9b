"""Text messages through Twilio's own client, with a timeout and without its retries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from tsalert.config import TwilioSettings
from tsalert.delivery.ports import Accepted, Answer, AttemptLog, InDoubt, Message, RetryLater, Unavailable
from tsalert.delivery.rules import Channel
from tsalert.providers.twilio_codes import verdict

_MOST_CANDIDATES = 20


class TwilioSms:
    """A gateway to one Twilio account.

    :param callback_url: where Twilio posts what becomes of each message.
    """

    channel = Channel.SMS

    def __init__(self, settings: TwilioSettings, *, callback_url: str, timeout: float = 10, lines: int = 16) -> None:
        self._settings = settings
        self._callback_url = callback_url
        self._timeout = timeout
        self.lines = lines

    def line(self) -> "TwilioLine":
        """Return a line with a kept HTTP session of its own."""
        settings = self._settings
        http = _RememberingClient(timeout=self._timeout, max_retries=0)
        client = Client(settings.account_sid, settings.auth_token, http_client=http)
        if settings.api_url:
            client.api.base_url = settings.api_url.rstrip("/")
        sender = (
            {"messaging_service_sid": settings.messaging_service_sid}
            if settings.messaging_service_sid
            else {"from_": settings.sender}
        )
        return TwilioLine(client, http, {**sender, "status_callback": self._callback_url})

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return the SIDs of messages to the same number with the same words, sent since then.

        Twilio cannot be asked by a reference of ours.

        :raises Unavailable: Twilio does not answer.
        """
        line = self.line()
        try:
            sent = line.client.messages.list(to=message.address, date_sent_after=since, limit=_MOST_CANDIDATES)
        except (TwilioRestException, RequestException) as error:
            raise Unavailable("Twilio could not be asked") from error
        finally:
            line.close()
        words = message.content.decode()
        return [str(each.sid) for each in sent if each.body == words]


class TwilioLine:
    """One kept HTTP session."""

    def __init__(self, client: Client, http: "_RememberingClient", options: dict[str, Any]) -> None:
        self.client = client
        self._http = http
        self._options = options

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        """Hand over messages one after the other.

        :raises Unavailable: no connection, or our account is at fault.
        """
        for message in messages:
            if not log.has_time():
                break
            log.begin(message)
            try:
                log.end(message, self._send_one(message))
            except Unavailable as error:
                log.end(message, RetryLater(str(error), error.after))
                raise

    def close(self) -> None:
        """Close the session."""
        if self._http.session is not None:
            self._http.session.close()

    def _send_one(self, message: Message) -> Answer:
        try:
            sent = self.client.messages.create(to=message.address, body=message.content.decode(), **self._options)
        except TwilioRestException as error:
            reason = str(error.msg).removeprefix("Unable to create record: ")
            return verdict(error.status, error.code, reason, after=self._http.retry_after)
        except RequestException as error:
            if never_connected(error):
                raise Unavailable("no connection to Twilio") from error
            return InDoubt(f"Twilio did not answer: {type(error).__name__}")
        except ValueError:
            return InDoubt("what Twilio answered cannot be read")
        return Accepted(str(sent.sid))


class _RememberingClient(TwilioHttpClient):  # type: ignore[misc]  # it has no types
    """Twilio's HTTP client, which keeps the Retry-After that its errors leave out."""

    retry_after: float | None = None

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Make a request and remember how long Twilio asked us to wait."""
        self.retry_after = None
        response = super().request(*args, **kwargs)
        asked = (response.headers or {}).get("Retry-After", "")
        self.retry_after = float(asked) if asked.isdecimal() else None
        return response


def never_connected(error: RequestException) -> bool:
    """Tell whether a request certainly never left, because no connection was made."""
    if isinstance(error, ConnectTimeout):
        return True
    reason = error.args[0] if isinstance(error, NoConnection) and error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)

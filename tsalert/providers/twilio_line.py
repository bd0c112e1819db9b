"""One kept HTTP session to Twilio through its own client, with a timeout and without its retries."""

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from tsalert.config import TwilioSettings
from tsalert.delivery.ports import Accepted, Answer, AttemptLog, InDoubt, Message, RetryLater, Told, Unavailable
from tsalert.providers.connecting import never_connected, seconds_asked
from tsalert.providers.twilio_codes import verdict

Create = Callable[[Client, Message], Any]
_IN_USE = "active"


class RememberingClient(TwilioHttpClient):  # type: ignore[misc]  # it has no types
    """Twilio's HTTP client, which keeps the Retry-After that its errors leave out."""

    retry_after: float | None = None

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Make a request and remember how long Twilio asked us to wait."""
        self.retry_after = None
        response = super().request(*args, **kwargs)
        self.retry_after = seconds_asked((response.headers or {}).get("Retry-After", ""))
        return response


class TwilioLine:
    """One kept HTTP session.

    :param create: makes one message or call; what it returns has a ``sid``.
    """

    connections = 1

    def __init__(self, settings: TwilioSettings, create: Create, *, timeout: float) -> None:
        self._http = RememberingClient(timeout=timeout, max_retries=0)
        self._create = create
        self.client = Client(settings.account_sid, settings.auth_token, http_client=self._http)
        if settings.api_url:
            self.client.api.base_url = settings.api_url.rstrip("/")

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
                log.end(message, RetryLater(str(error), error.after, is_outage=True))
                raise

    def ask(self, question: Callable[[Client], list[str]]) -> list[str]:
        """Ask Twilio something and close the session.

        :raises Unavailable: it does not answer.
        """
        try:
            return question(self.client)
        except (TwilioException, RequestException, ValueError) as error:
            raise Unavailable("Twilio could not be asked") from error
        finally:
            self.close()

    def ask_each(self, references: Sequence[str], question: Callable[[Client, str], Told]) -> Iterator[Told]:
        """Ask Twilio about one message or call after the other and close the session.

        :raises Unavailable: it does not answer.
        """
        try:
            for reference in references:
                yield self._ask_about(reference, question)
        finally:
            self.close()

    def probe(self, account_sid: str) -> str:
        """Fetch the account and close the session; says in what state it is.

        :raises Unavailable: Twilio does not answer, or refuses us.
        """
        try:
            account = self.client.api.accounts(account_sid).fetch()
        except TwilioRestException as error:
            raise Unavailable(f"Twilio refuses us: {error.code or error.status}: {error.msg}") from error
        except (TwilioException, RequestException, ValueError) as error:
            raise Unavailable(f"Twilio does not answer: {type(error).__name__}") from error
        finally:
            self.close()
        if account.status != _IN_USE:
            raise Unavailable(f"the account at Twilio is {account.status}")
        return "Twilio answers, and the account is active"

    def close(self) -> None:
        """Close the session."""
        if self._http.session is not None:
            self._http.session.close()

    def _ask_about(self, reference: str, question: Callable[[Client, str], Told]) -> Told:
        try:
            return question(self.client, reference)
        except TwilioRestException as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return Told(reference, "")
            raise Unavailable(f"Twilio could not be asked: {error.code or error.status}") from error
        except (TwilioException, RequestException, ValueError) as error:
            raise Unavailable("Twilio could not be asked") from error

    def _send_one(self, message: Message) -> Answer:
        try:
            made = self._create(self.client, message)
        except TwilioRestException as error:
            # Its words may name the number, which must not outlive the message.
            reason = str(error.msg).removeprefix("Unable to create record: ").replace(message.address, "•••")
            return verdict(error.status, error.code, reason, after=self._http.retry_after)
        except RequestException as error:
            if never_connected(error):
                raise Unavailable("no connection to Twilio") from error
            return InDoubt(f"Twilio did not answer: {type(error).__name__}")
        except ValueError:
            return InDoubt("what Twilio answered cannot be read")
        return Accepted(str(made.sid))

"""Callers' messages at Twilio: fetched as they were recorded, and deleted there."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic

import requests
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tsalert.config import TwilioSettings
from tsalert.telephone.ports import NotReady

_PIECE = 64 * 1024
_LONGEST_SECONDS = 60.0


class TwilioRecordings:
    """The recordings of one Twilio account.

    Addresses are made from the account and the reference; the one that a callback names is never followed.
    """

    def __init__(self, settings: TwilioSettings, *, timeout: float = 15) -> None:
        self._settings = settings
        self._timeout = timeout

    @contextmanager
    def open(self, reference: str) -> Iterator[Iterator[bytes]]:
        """Open a recording's sound as WAV.

        :raises NotReady: it is not there, or Twilio is in trouble; also while the pieces come.
        """
        client = client_of(self._settings, self._timeout)
        address = f"{client.api.base_url}/2010-04-01/Accounts/{self._settings.account_sid}/Recordings/{reference}.wav"
        credentials = (self._settings.account_sid, self._settings.auth_token)
        try:
            with requests.get(address, auth=credentials, stream=True, timeout=self._timeout) as answer:
                _check(answer.status_code)
                yield _pieces(answer)
        except RequestException as error:
            raise NotReady(f"Twilio does not answer ({type(error).__name__}).") from error

    def delete(self, reference: str) -> None:
        """Delete a recording at Twilio; one that is gone already is deleted.

        :raises NotReady: Twilio is in trouble.
        """
        try:
            client_of(self._settings, self._timeout).recordings(reference).delete()
        except TwilioRestException as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise NotReady(f"Twilio did not delete it ({error.status}).") from error
        except RequestException as error:
            raise NotReady(f"Twilio does not answer ({type(error).__name__}).") from error


def client_of(settings: TwilioSettings, timeout: float) -> Client:
    """Return a client of Twilio's own that waits no longer than told and tries nothing twice."""
    http = TwilioHttpClient(timeout=timeout, max_retries=0, pool_connections=False)
    client = Client(settings.account_sid, settings.auth_token, http_client=http)
    if settings.api_url:
        client.api.base_url = settings.api_url.rstrip("/")
    return client


def _check(status: int) -> None:
    if status == HTTPStatus.NOT_FOUND:
        raise NotReady("Twilio does not have it (yet).")
    if status != HTTPStatus.OK:
        raise NotReady(f"Twilio did not hand it over ({status}).")


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """Hand over what comes, and notice where less comes than was promised."""
    came, deadline = 0, monotonic() + _LONGEST_SECONDS
    for piece in answer.iter_content(_PIECE):
        if monotonic() > deadline:
            raise NotReady("Twilio hands it over too slowly.")
        came += len(piece)
        yield piece
    promised = answer.headers.get("Content-Length", "")
    if promised.isdecimal() and int(promised) != came:
        raise NotReady("The connection to Twilio broke off half-way.")

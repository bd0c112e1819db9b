"""Calling another program: at the very machine that was found to be public, once, for ten seconds at most.

Redirects are not followed, no more of the answer is read than is wanted, and no proxy of the environment is asked.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from threading import Timer

from msgspec import Struct

from tsalert.webhooks.reach import is_public
from tsalert.webhooks.rules import Answer, Target

_STEP_SECONDS = 5.0
_WHOLE_SECONDS = 10.0


def _look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a name, as the system finds them now."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Reach(Struct, frozen=True):
    """Whom we call, and how they are found; tests let in what they serve themselves."""

    is_allowed: Callable[[str], bool] = is_public
    schemes: frozenset[str] = frozenset({"https"})
    look_up: Callable[[str, int], list[str]] = _look_up
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context


class Ask(Struct, frozen=True):
    """What another machine is asked: a body is posted to it, without one it is read from.

    :param most: of how many bytes its answer may be; nothing of it is read where that is 0.
    """

    headers: Mapping[str, str]
    body: bytes | None = None
    most: int = 0


class Reply(Struct, frozen=True):
    """What another machine answered; ``mark`` is the ETag of what it gave."""

    answer: Answer
    body: bytes = b""
    mark: str | None = None


class Refused(Exception):
    """An address is none that we call."""


def find_address(target: Target, reach: Reach) -> str:
    """Return the machine to call, found anew; a name of which any address is private is refused whole.

    :raises Refused: saying why, without the address.
    :raises OSError: the name is nobody's.
    """
    if target.scheme not in reach.schemes:
        raise Refused("It must be called over https.")
    found = reach.look_up(target.host, target.port)
    if not found or not all(reach.is_allowed(address) for address in found):
        raise Refused("It does not lead to the public internet.")
    return found[0]


def call(target: Target, headers: Mapping[str, str], body: bytes, reach: Reach) -> Answer:
    """Send one message and return what came of it."""
    return ask(target, Ask(headers, body), reach).answer


def ask(target: Target, asked: Ask, reach: Reach) -> Reply:
    """Ask another machine once and return what came of it."""
    try:
        return _speak(target, asked, find_address(target, reach), reach)
    except Refused as refusal:
        return _failed(str(refusal))
    except ssl.SSLError:
        return _failed("Its certificate cannot be trusted.")
    except TimeoutError:
        return _failed("It did not answer within ten seconds.")
    except socket.gaierror:
        return _failed("Its name cannot be found.")
    except (OSError, HTTPException, UnicodeError):
        return _failed("It could not be reached, or did not answer as a web server does.")


def _failed(fault: str) -> Reply:
    return Reply(Answer(fault=fault))


class _Pinned(HTTPConnection):
    """A connection to the address that was looked at, whatever the name stands for by then."""

    def __init__(self, target: Target, address: str, trust: Callable[[], ssl.SSLContext]) -> None:
        super().__init__(target.host, target.port, timeout=_STEP_SECONDS)
        self._address, self._trust, self._is_tls = address, trust, target.scheme == "https"
        self.default_port = 443 if self._is_tls else 80
        self._is_over = False

    def connect(self) -> None:
        """Connect, so that the socket can be shut at any moment of the handshake."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_tls:
            wrapped = self._trust().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def cut(self) -> None:
        """End the call, in whatever it is waiting."""
        self._is_over = True
        with suppress(OSError):  # it may have ended by itself meanwhile
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)

    @property
    def is_over(self) -> bool:
        """True once its time was over."""
        return self._is_over


def _speak(target: Target, asked: Ask, address: str, reach: Reach) -> Reply:
    """Return the answer.

    :raises TimeoutError: the time is over.
    """
    connection = _Pinned(target, address, reach.trust)
    alarm = Timer(_WHOLE_SECONDS, connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        reply = _say(connection, target, asked)
    except (OSError, HTTPException) as error:
        if connection.is_over:
            raise TimeoutError from error
        raise
    else:
        if connection.is_over:  # what came before the cut is no whole answer
            raise TimeoutError
        return reply
    finally:
        alarm.cancel()
        connection.close()


def _say(connection: _Pinned, target: Target, asked: Ask) -> Reply:
    method = "GET" if asked.body is None else "POST"
    connection.request(method, target.path, asked.body, {**asked.headers, "Connection": "close"})
    response = connection.getresponse()
    answer = Answer(status=response.status)
    body = response.read(asked.most + 1) if asked.most else b""
    if answer.is_taken and len(body) > asked.most:  # of a page about an error, the status says enough
        return _failed("Its answer is too long.")
    return Reply(answer, body[: asked.most], response.headers.get("ETag"))

"""Mail over kept SMTP connections, one round trip for each message where the server offers pipelining."""

import smtplib
import ssl
from datetime import datetime

from tsalert.delivery.ports import Message, Unavailable
from tsalert.delivery.rules import Channel
from tsalert.mail_settings import SmtpSettings
from tsalert.providers.smtp_line import SmtpLine, Want
from tsalert.providers.smtp_wire import Wire

_OK = 250
_PROBE_SECONDS = 10.0


class SmtpEmail:
    """A gateway to one mail server.

    :param sender: the address of the envelope's sender, where bounces go.
    :param timeout: seconds to wait for any one answer.
    :param recycle_after: messages after which a connection is made anew.
    :param patience_for_more: seconds to wait for a further connection, while those there are stand still; twice as long
        for a line's first, and twice as long again after each that came to nothing.
    """

    channel = Channel.EMAIL
    # One thread sends over all connections: two, each sending while the other writes down what became of its mails,
    # would hand Python's lock to and fro, and send two thirds as many on SQLite and no more on PostgreSQL.
    lines = 1

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        sender: str,
        timeout: float = 60,
        recycle_after: int = 500,
        patience_for_more: float = 5,
    ) -> None:
        self._settings = settings
        self._sender = sender
        self._timeout, self._patience_for_more = timeout, min(timeout, patience_for_more)
        self._recycle_after = recycle_after
        self._want = Want()
        # Reading the machine's certificates takes 20 ms, so it is done once and only if needed.
        self._tls = ssl.create_default_context() if settings.security != "none" else None

    def line(self) -> SmtpLine:
        """Return a line that connects when it is first used."""
        most = self._settings.connections
        recycle_after, want = self._recycle_after, self._want
        return SmtpLine(self._connect, most, sender=self._sender, recycle_after=recycle_after, want=want)

    def probe(self) -> str:
        """Connect, secure and sign in as for sending, and say nothing that a mail would begin with.

        :raises Unavailable: the server does not answer, or refuses us.
        """
        settings = self._settings
        try:
            client = self._open(timeout=min(self._timeout, _PROBE_SECONDS))
            code, _ = client.noop()
            client.quit()
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"{settings.host}:{settings.port} does not take us: {_without_bytes(error)}") from error
        if code != _OK:
            raise Unavailable(f"{settings.host}:{settings.port} answered NOOP with {code}")
        secured = "in clear text" if settings.security == "none" else "over TLS"
        signed_in = ", signed in" if settings.username is not None else ""
        return f"{settings.host}:{settings.port} answers {secured}{signed_in}"

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return None: a mail server cannot be asked what it took."""
        return None

    def _connect(self, *, doublings: int) -> Wire:
        opened = self._open(timeout=min(self._timeout, self._patience_for_more * 2**doublings))
        return Wire(opened, timeout=self._timeout)

    def _open(self, *, timeout: float) -> smtplib.SMTP:
        settings = self._settings
        where = (settings.host, settings.port)
        if settings.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=timeout, context=self._tls)
        else:
            client = smtplib.SMTP(*where, timeout=timeout)
        try:
            client.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                client.starttls(context=self._tls)
                client.ehlo()
            if settings.username is not None:
                client.login(settings.username, settings.password or "")
        except BaseException:
            client.close()
            raise
        return client


def _without_bytes(error: Exception) -> str:
    """Return what a server answered, or what hindered us, as one line of text."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__

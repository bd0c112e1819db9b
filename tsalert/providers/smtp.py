"""Mail over kept SMTP connections, one round trip for each message where the server offers pipelining."""

import smtplib
import ssl
from datetime import datetime

from tsalert.config import SmtpSettings
from tsalert.delivery.ports import Message
from tsalert.delivery.rules import Channel
from tsalert.providers.smtp_line import SmtpLine
from tsalert.providers.smtp_wire import Wire


class SmtpEmail:
    """A gateway to one mail server.

    :param sender: the address of the envelope's sender, where bounces go.
    :param timeout: seconds to wait for any one answer.
    :param recycle_after: messages after which a connection is made anew.
    """

    channel = Channel.EMAIL
    # One thread sends over all connections: two, each sending while the other writes down what became of its mails,
    # would hand Python's lock to and fro, and send two thirds as many on SQLite and no more on PostgreSQL.
    lines = 1

    def __init__(self, settings: SmtpSettings, *, sender: str, timeout: float = 60, recycle_after: int = 500) -> None:
        self._settings = settings
        self._sender = sender
        self._timeout = timeout
        self._recycle_after = recycle_after
        # Reading the machine's certificates takes 20 ms, so it is done once and only if needed.
        self._tls = ssl.create_default_context() if settings.security != "none" else None

    def line(self) -> SmtpLine:
        """Return a line that connects when it is first used."""
        most = self._settings.connections
        return SmtpLine(self._connect, most, sender=self._sender, recycle_after=self._recycle_after)

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return None: a mail server cannot be asked what it took."""
        return None

    def _connect(self) -> Wire:
        settings = self._settings
        where = (settings.host, settings.port)
        if settings.security == "tls":
            client: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=self._timeout, context=self._tls)
        else:
            client = smtplib.SMTP(*where, timeout=self._timeout)
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
        return Wire(client, timeout=self._timeout)

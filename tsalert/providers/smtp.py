"""Mail over kept SMTP connections, one round trip for each message where the server offers pipelining."""

import smtplib
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from tsalert.config import SmtpSettings
from tsalert.delivery.ports import AttemptLog, InDoubt, Message, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import Channel
from tsalert.providers.smtp_codes import START_MAIL_INPUT, sender_verdict, verdict
from tsalert.providers.smtp_wire import SERVICE_CLOSING, Lost, Wire

_IDLE_SECONDS = 15.0
_RECIPIENT_OK = frozenset({250, 251})
_UNSAFE = frozenset("\r\n\0\t <>")


class SmtpEmail:
    """A gateway to one mail server.

    :param sender: the address of the envelope's sender, where bounces go.
    :param timeout: seconds to wait for any one answer.
    :param recycle_after: messages after which a connection is made anew.
    """

    channel = Channel.EMAIL

    def __init__(self, settings: SmtpSettings, *, sender: str, timeout: float = 60, recycle_after: int = 500) -> None:
        self._settings = settings
        self._sender = sender
        self._timeout = timeout
        self._recycle_after = recycle_after
        # Reading the machine's certificates takes 20 ms, so it is done once and only if needed.
        self._tls = ssl.create_default_context() if settings.security != "none" else None

    @property
    def lines(self) -> int:
        """How many connections a worker may keep open."""
        return self._settings.connections

    def line(self) -> "SmtpLine":
        """Return a line that connects when it is first used."""
        return SmtpLine(self._connect, sender=self._sender, recycle_after=self._recycle_after)

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return None: a mail server cannot be asked what it took."""
        return None

    def _connect(self) -> smtplib.SMTP:
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
        return client


class SmtpLine:
    """One kept connection; smtplib opens and secures it, then its socket is spoken to directly."""

    def __init__(self, connect: Callable[[], smtplib.SMTP], *, sender: str, recycle_after: int) -> None:
        self._connect = connect
        self._sender = sender
        self._recycle_after = recycle_after
        self._wire: Wire | None = None
        self._begun: Message | None = None
        self._must_reset = False
        self._taken = 0
        self._used_at = 0.0

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        """Hand over messages; the content of one travels with the envelope of the next.

        So at most one message on each connection is in doubt when the process or the server dies.

        :raises Unavailable: no connection, or it broke; a message begun without an answer is in doubt.
        """
        wire = self._open()
        try:
            for message in messages:
                if not log.has_time():
                    break
                self._offer(wire, message, log)
            self._finish(wire, log)
        except (OSError, Lost) as error:
            self._break(log, error)
            raise Unavailable(f"the mail server broke off: {error}") from error
        self._used_at = monotonic()
        if self._taken >= self._recycle_after:
            self.close()

    def close(self) -> None:
        """Say QUIT, if the server still listens."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.quit()

    def _open(self) -> Wire:
        if self._wire is not None and monotonic() - self._used_at > _IDLE_SECONDS:
            self.close()
        if self._wire is None:
            try:
                self._wire = Wire(self._connect())
            except (OSError, smtplib.SMTPException) as error:
                raise Unavailable(f"no connection to the mail server: {error}") from error
            self._must_reset, self._taken = False, 0
        return self._wire

    def _offer(self, wire: Wire, message: Message, log: AttemptLog) -> None:
        """Send what is begun and the next envelope; begin the next message if the server wants it."""
        refusal = _unsendable(message, wire)
        if refusal is not None:
            log.end(message, refusal)
            return
        commands = [b"RSET\r\n"] if self._must_reset else []
        option = b"" if message.address.isascii() else b" SMTPUTF8"
        commands.append(b"MAIL FROM:<%b>%b\r\n" % (self._sender.encode(), option))
        commands.append(b"RCPT TO:<%b>\r\n" % message.address.encode())
        commands.append(b"DATA\r\n")
        self._write(wire, commands)
        self._settle(wire, log)
        try:
            self._read_envelope(wire, message, log)
        except (OSError, Lost) as error:
            # Counted as a try, since it may be this very address that makes the server hang up.
            log.end(message, RetryLater(f"the mail server broke off: {error}"))
            raise

    def _read_envelope(self, wire: Wire, message: Message, log: AttemptLog) -> None:
        if self._must_reset:
            wire.reply_if_open()
        sender, recipient, data = wire.reply_if_open(), wire.reply_if_open(), wire.reply_if_open()
        self._must_reset = not (sender[0] == 250 and recipient[0] in _RECIPIENT_OK and data[0] == START_MAIL_INPUT)
        if not self._must_reset:
            log.begin(message)
            self._begun = message
            return
        if data[0] == START_MAIL_INPUT:
            # Some servers want content although they refused; an empty one is refused or goes to nobody.
            wire.write([b".\r\n"])
            wire.reply_if_open()
        if sender[0] != 250:
            log.end(message, sender_verdict(*sender))
        else:
            log.end(message, verdict(*(data if recipient[0] in _RECIPIENT_OK else recipient)))

    def _write(self, wire: Wire, commands: list[bytes]) -> None:
        wire.write([_as_data(self._begun.content), *commands] if self._begun else commands)

    def _settle(self, wire: Wire, log: AttemptLog) -> None:
        """Read the answer to the content that was sent, if any was."""
        message = self._begun
        if message is None:
            return
        code, text = wire.reply()
        self._begun = None
        self._taken += 1
        log.end(message, verdict(code, text))
        if code == SERVICE_CLOSING:
            raise Lost("421: the server is closing")

    def _finish(self, wire: Wire, log: AttemptLog) -> None:
        if self._begun is not None:
            self._write(wire, [])
            self._settle(wire, log)

    def _break(self, log: AttemptLog, error: Exception) -> None:
        message, self._begun = self._begun, None
        if message is not None:
            log.end(message, InDoubt(f"the mail server broke off: {error}"))
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.drop()


def _unsendable(message: Message, wire: Wire) -> Rejected | None:
    """Refuse an address that would break the dialogue, or that this server cannot carry."""
    if not _UNSAFE.isdisjoint(message.address) or not message.address:
        return Rejected("the address breaks the grammar of mail")
    if not message.address.isascii() and not wire.takes_utf8:
        return Rejected("the mail server takes no international addresses")
    return None


def _as_data(content: bytes) -> bytes:
    """Double the dots that begin lines, and end the content."""
    return content.replace(b"\r\n.", b"\r\n..") + b".\r\n"

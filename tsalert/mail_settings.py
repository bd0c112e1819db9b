"""Where mail goes: a mail server of the council or of a provider, and whom it comes from."""

from collections.abc import Mapping
from email.utils import parseaddr
from urllib.parse import SplitResult, parse_qsl, unquote

from tsalert.core.confidential import Confidential
from tsalert.settings_reader import Reader, is_address, is_loopback, split_address

_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_NO_SERVER = (
    "must be recorder, notify or smtps://user:password@host:port; / ? # and % in a user or password are written %2F "
    "%3F %23 and %25"
)
_IN_CLEAR = (
    "would send its password in clear text: begin it with smtps://, or end it in ?starttls=1; where nobody else can "
    "listen to the network that leads to the mail server, say so by ?clear=1"
)
_NOT_SENDABLE = "has a sign such as £ or é in its user or password, which no mail server can be told: choose others"


class SmtpSettings(Confidential, frozen=True):
    """Where mail goes. ``security`` is ``none``, ``starttls`` or ``tls``; a worker keeps ``connections`` open."""

    SECRET = frozenset({"password"})

    host: str
    port: int
    security: str
    username: str | None = None
    password: str | None = None
    connections: int = 4


def read_smtp(reader: Reader) -> SmtpSettings | None:
    """Return the mail server; None where mail goes another way."""
    url = reader.required("EMAIL")
    if url in {"", "recorder", "notify"}:
        return None
    parts = split_address(url)
    if parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname or _ends_early(parts):
        reader.fault("EMAIL", _NO_SERVER)
        return None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    _look_at_options(reader, options)
    security = "tls" if parts.scheme == "smtps" else "starttls" if options.get("starttls") == "1" else "none"
    is_private = security != "none" or options.get("clear") == "1" or is_loopback(parts.hostname)
    if parts.password and not is_private:
        reader.fault("EMAIL", _IN_CLEAR)
    username, password = (unquote(each) if each else None for each in (parts.username, parts.password))
    if not f"{username}{password}".isascii():
        reader.fault("EMAIL", _NOT_SENDABLE)
    return SmtpSettings(
        host=parts.hostname,
        port=parts.port or _PORTS[security],
        security=security,
        username=username,
        password=password,
        connections=reader.connections("EMAIL", options.get("connections", "4")),
    )


def _ends_early(parts: SplitResult) -> bool:
    """Tell whether a sign of the password ended the server's name, which would make a server of the user."""
    return bool(parts.fragment) or parts.path not in {"", "/"}


def _look_at_options(reader: Reader, options: Mapping[str, str]) -> None:
    switches = [options.get(name, "0") for name in ("starttls", "clear")]
    if not options.keys() <= {"starttls", "clear", "connections"} or not {"0", "1"}.issuperset(switches):
        reader.fault("EMAIL", "may end in ?starttls=1, clear=1 and connections=8, and in nothing else")


def read_sender(reader: Reader, smtp: SmtpSettings | None) -> str:
    """Return whom mail comes from; what leaves this machine needs somebody who can be answered."""
    value = reader.text("EMAIL_FROM")
    if not value and smtp and not is_loopback(smtp.host):
        reader.fault("EMAIL_FROM", "is not set, and mail that leaves this machine needs a sender that can be answered")
    value = value or "Trading Standards Alert! <alerts@localhost>"
    name, address = parseaddr(value)
    if not value.isprintable() or not is_address(address, name):
        reader.fault("EMAIL_FROM", "must be an address like Trading Standards <alerts@example.gov.uk>")
    return value

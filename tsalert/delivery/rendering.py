"""From a mailing's words to each reader's own bytes: laid out once, then only filled in.

Places that differ between readers are marked by NUL, which no words may hold, so nothing that
somebody wrote is ever taken for a place, and nothing is parsed for each reader.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct

from tsalert.delivery.rules import (
    ACKNOWLEDGE_LINK,
    PARTNER_MARK,
    PERSONAL_LANES,
    UNSUBSCRIBE_LINK,
    Channel,
    Content,
    Lane,
)
from tsalert.delivery.tokens import TOKEN_LENGTH

_TO, _MESSAGE_ID, _LEAVING, _PASSED_ON, _PARTNER = b"\0t", b"\0m", b"\0u", b"\0a", b"\0p"
_PLACES = re.compile(rb"(\0[tmuap])")
_LEAVING_PLACE, _PASSED_ON_PLACE, _PARTNER_PLACE = _LEAVING.decode(), _PASSED_ON.decode(), _PARTNER.decode()
_PLACES_IN_WORDS = frozenset({_LEAVING_PLACE, _PASSED_ON_PLACE, _PARTNER_PLACE})
_LONGEST_LINE = 75
_ATOMS = re.compile(r"\0[uap]|.", re.DOTALL)


class Letterhead(Struct, frozen=True):
    """What all mail of an installation shares.

    :param sender: the From header, such as ``Trading Standards Alert! <alerts@example.org>``.
    :param unsubscribe_url: where the tokens of readers are taken, ending in a slash.
    :param acknowledge_url: where the tokens of messages that were passed on are taken, ending in a slash.
    """

    sender: str
    unsubscribe_url: str
    acknowledge_url: str

    @property
    def sender_address(self) -> str:
        """The address in the From header, which is the envelope's sender too."""
        return parseaddr(self.sender)[1]

    @property
    def host(self) -> str:
        """What stands right of the @ in Message-IDs."""
        return self.sender_address.rpartition("@")[2]


class Reader(NamedTuple):
    """What differs between the readers of one mailing; ``to`` was checked when it became an endpoint.

    :param acknowledge_token: empty where the words have no place for it, so that nobody signs in vain.
    :param partner_code: of the partner at this address, empty where there is none.
    """

    to: str
    message_token: str
    unsubscribe_token: str
    acknowledge_token: str = ""
    partner_code: str = ""

    @property
    def partner_mark(self) -> str:
        """What an address ends in that a partner's readers follow."""
        return f"?partner={self.partner_code}" if self.partner_code else ""


_FILLED_BY: Mapping[bytes, Callable[[Reader], str]] = {
    _TO: attrgetter("to"),
    _MESSAGE_ID: attrgetter("message_token"),
    _LEAVING: attrgetter("unsubscribe_token"),
    _PASSED_ON: attrgetter("acknowledge_token"),
    _PARTNER: lambda reader: reader.partner_mark.replace("=", "=3D"),  # as quoted-printable has it
}


class PreparedMail:
    """A mailing laid out as mail."""

    def __init__(self, content: Content, lane: Lane, letterhead: Letterhead, *, written_at: datetime) -> None:
        whole = _head(lane, letterhead) + _body(content, letterhead, written_at)
        self._parts = _PLACES.split(whole)
        # Only the places that are there, each with what fills it: most mail has three of the five.
        self._places = [
            (fill, where)
            for place, fill in _FILLED_BY.items()
            if (where := [index for index, part in enumerate(self._parts) if part == place])
        ]
        self.asks_to_acknowledge = _PASSED_ON in self._parts
        self.names_partner = _PARTNER in self._parts

    def render(self, reader: Reader) -> bytes:
        """Return one reader's mail."""
        parts = self._parts.copy()
        for fill, where in self._places:
            written = fill(reader).encode()
            for index in where:
                parts[index] = written
        return b"".join(parts)


class PreparedWords:
    """A mailing laid out as a text message or a call."""

    def __init__(self, words: str, letterhead: Letterhead) -> None:
        self._words = _with_places(words, letterhead)
        self.asks_to_acknowledge = _PASSED_ON_PLACE in self._words
        self.names_partner = _PARTNER_PLACE in self._words

    def render(self, reader: Reader) -> bytes:
        """Return one reader's words."""
        words = self._words.replace(_LEAVING_PLACE, reader.unsubscribe_token)
        words = words.replace(_PARTNER_PLACE, reader.partner_mark)
        return words.replace(_PASSED_ON_PLACE, reader.acknowledge_token).encode()


Prepared = PreparedMail | PreparedWords


def prepare(content: Content, lane: Lane, channel: Channel, letterhead: Letterhead, written_at: datetime) -> Prepared:
    """Lay a mailing out for one channel."""
    if channel is Channel.EMAIL:
        return PreparedMail(content, lane, letterhead, written_at=written_at)
    words = content.sms if channel is Channel.SMS else content.voice
    return PreparedWords(words or "", letterhead)


def quoted_printable(text: str) -> str:
    """Encode text as quoted-printable; a place for a token counts as long as the token and is never split.

    No line begins with a dot, which mail servers want doubled: else every single mail would be copied for that.
    """
    lines = [_encode_line(line) for line in text.replace("\r\n", "\n").split("\n")]
    return "\r\n".join(lines)


def _with_places(words: str, letterhead: Letterhead) -> str:
    words = words.replace(UNSUBSCRIBE_LINK, f"{letterhead.unsubscribe_url}{_LEAVING_PLACE}")
    words = words.replace(PARTNER_MARK, _PARTNER_PLACE)
    return words.replace(ACKNOWLEDGE_LINK, f"{letterhead.acknowledge_url}{_PASSED_ON_PLACE}")


def _head(lane: Lane, letterhead: Letterhead) -> bytes:
    lines = [b"To: <%b>" % _TO, b"Message-ID: <%b@%b>" % (_MESSAGE_ID, letterhead.host.encode())]
    if lane not in PERSONAL_LANES:
        lines.append(b"List-Unsubscribe: <%b%b>" % (letterhead.unsubscribe_url.encode(), _LEAVING))
        lines.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return b"".join(line + b"\r\n" for line in lines)


def _body(content: Content, letterhead: Letterhead, written_at: datetime) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = letterhead.sender
    mail["Subject"] = content.subject
    mail["Date"] = format_datetime(written_at)
    mail["Auto-Submitted"] = "auto-generated"
    mail["MIME-Version"] = "1.0"
    if content.html is None:
        _set_text(mail, "plain", _with_places(content.text, letterhead))
    else:
        mail["Content-Type"] = "multipart/alternative"
        for subtype, words in (("plain", content.text), ("html", content.html)):
            part = EmailMessage(policy=SMTP)
            _set_text(part, subtype, _with_places(words, letterhead))
            mail.attach(part)
    return mail.as_bytes()


def _set_text(part: EmailMessage, subtype: str, text: str) -> None:
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(quoted_printable(text.rstrip() + "\n"))


def _encode_line(line: str) -> str:
    atoms = [_encode_atom(atom) for atom in _ATOMS.findall(line)]
    if atoms and atoms[-1] in {" ", "\t"}:
        atoms[-1] = f"={ord(atoms[-1]):02X}"
    written, length = [], 0
    for atom in atoms:
        size = TOKEN_LENGTH if atom in _PLACES_IN_WORDS else len(atom)
        if length + size > _LONGEST_LINE:
            written.append("=\r\n")
            length = 0
        said = "=2E" if atom == "." and not length else atom
        written.append(said)
        length += max(size, len(said))
    return "".join(written)


def _encode_atom(atom: str) -> str:
    """Encode one character, whole, so that no soft break falls inside it; a place stays a place."""
    if atom in _PLACES_IN_WORDS or atom in {" ", "\t"} or ("!" <= atom <= "~" and atom != "="):
        return atom
    return "".join(f"={byte:02X}" for byte in atom.encode())

"""The parts of a mail as text, however broken it is; nothing in it is ever run, opened or fetched. Pure."""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256
from html.parser import HTMLParser

from tsalert.inbound.rules import readable

# Mail servers add these on each way, so that one mail handed over twice differs in them.
_IDENTITY = ("Message-ID", "From", "Date", "Subject")
_SILENT = frozenset({"script", "style", "head", "title"})
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3"})
_BLANK_LINES = re.compile(r"\n{3,}")


class _Words(HTMLParser):
    """Takes the words out of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(self._silent - (tag in _SILENT), 0)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def header(message: Message, name: str) -> str:
    """Return a header on one line, decoded where that is possible."""
    raw = str(message.get(name, ""))
    try:
        decoded = str(make_header(decode_header(raw)))
    except (LookupError, ValueError):
        decoded = raw
    return " ".join(readable(decoded).split())


def sender_of(message: Message) -> str:
    """Return the address in From; "" where there is none."""
    return parseaddr(header(message, "From"))[1][:320]


def text_of(part: Message) -> str:
    """Return what a part that is no container says."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        return payload.decode("latin-1")


def leaves(message: Message) -> Iterator[Message]:
    """Return the parts that are no containers, in order."""
    return (part for part in message.walk() if not part.is_multipart())


def words_of(message: Message) -> str:
    """Return what a person wrote: the plain text, else the words of the HTML; no attachment is looked at."""
    shown = [part for part in leaves(message) if part.get_content_disposition() != "attachment"]
    for wanted, read in (("text/plain", str), ("text/html", _strip)):
        found = [read(text_of(part)) for part in shown if part.get_content_type() == wanted]
        words = "\n".join(found).replace("\r\n", "\n").strip()
        if words:
            return _BLANK_LINES.sub("\n\n", readable(words))
    return ""


def attachments_of(message: Message) -> int:
    """Count the parts that are not kept."""
    return sum(part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment"
               for part in leaves(message))  # fmt: skip


def everything_said(message: Message) -> str:
    """Return the headers of every part and the text of each, in which tokens are looked for."""
    said = []
    for part in message.walk():
        said += [str(value) for name, value in part.items() if name.casefold() != "received"]
        if not part.is_multipart() and part.get_content_maintype() in {"text", "message"}:
            said.append(text_of(part))
    return "\n".join(said)


def digest_of(message: Message, raw: bytes) -> str:
    """Return what tells one mail from every other, whichever way it came."""
    named = [str(message.get(name, "")) for name in _IDENTITY]
    body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")[2]
    return sha256("\n".join(named).encode("utf-8", "replace") + b"\0" + body).hexdigest()


def _strip(html: str) -> str:
    words = _Words()
    words.feed(html)
    words.close()
    return "".join(words.found)

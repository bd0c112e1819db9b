"""The parts of a mail as text, however broken it is; nothing in it is ever run, opened or fetched. Pure."""

import re
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256
from html import unescape

import nh3

from tsalert.inbound.rules import readable

# Mail servers add these on each way, so that one mail handed over twice differs in them.
_IDENTITY = ("Message-ID", "From", "Date", "Subject")
_SILENT = {"script", "style", "title"}
_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3"}
_BREAK, _END = re.compile(r"<[a-z0-9]+>"), re.compile(r"</[a-z0-9]+>")
_BLANK_LINES = re.compile(r"\n{3,}")
# Reading more of a header, or of HTML, takes a time that grows faster than they do; nobody writes so much.
_LONGEST_HEADER, _LONGEST_HTML = 5_000, 200_000


def header(message: Message, name: str) -> str:
    """Return a header on one line, decoded where that is possible."""
    raw = str(message.get(name, ""))[:_LONGEST_HEADER]
    try:
        decoded = str(make_header(decode_header(raw)))
    except (LookupError, ValueError):
        decoded = raw
    return " ".join(readable(decoded).split())


def sender_of(message: Message) -> str:
    """Return the address in From; "" where there is none."""
    return parseaddr(header(message, "From"))[1][:320]


def text_of(part: Message) -> str:
    """Return what a part that is no container says; old programs do not tell how they write a pound sign."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    told = part.get_content_charset() or "us-ascii"
    try:
        return payload.decode("utf-8") if told == "us-ascii" else payload.decode(told, "replace")
    except (LookupError, ValueError):
        return payload.decode("windows-1252", "replace")


def leaves(message: Message) -> Iterator[Message]:
    """Return the parts that are no containers, in order."""
    return (part for part in message.walk() if not part.is_multipart())


def words_of(message: Message) -> str:
    """Return what a person wrote: the plain text, else the words of the HTML; no attachment is looked at."""
    shown = [part for part in leaves(message) if part.get_content_disposition() != "attachment"]
    for wanted, read in (("text/plain", str), ("text/html", _strip)):
        found = [read(text_of(part)) for part in shown if _shown_as(part) == wanted]
        words = "\n".join(found).replace("\r\n", "\n").strip()
        if words:
            return _BLANK_LINES.sub("\n\n", readable(words))
    return ""


def attachments_of(message: Message) -> int:
    """Count the parts that are not kept."""
    return sum(not _shown_as(part).startswith("text/") or part.get_content_disposition() == "attachment"
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
    _, ends, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    return sha256("\n".join(named).encode("utf-8", "replace") + b"\0" + (body if ends else raw)).hexdigest()


def _shown_as(leaf: Message) -> str:
    """Return the type of a part; a container in which no part was found is the text that somebody wrote."""
    return "text/plain" if leaf.get_content_maintype() == "multipart" else leaf.get_content_type()


def _strip(html: str) -> str:
    """Return the words of HTML, with a new line where a browser would begin one."""
    kept = nh3.clean(html[:_LONGEST_HTML], tags=_BREAKS, clean_content_tags=_SILENT, attributes={})
    return unescape(_END.sub("", _BREAK.sub("\n", kept)))

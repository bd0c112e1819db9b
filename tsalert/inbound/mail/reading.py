"""From the bytes that a mail server hands over to what they are; reading never fails. Pure."""

import logging
from collections.abc import Callable, Iterable
from email import message_from_bytes
from email.message import Message
from hashlib import sha256

from flufl.bounce import all_failures
from msgspec import Struct
from msgspec.structs import replace

from tsalert.inbound.mail import parts
from tsalert.inbound.mail.rules import (
    LARGEST,
    LONGEST_KEPT,
    Sort,
    exact_code,
    find_code,
    find_tokens,
    is_auto_subject,
    is_challenge,
    is_daemon,
    is_gone,
)
from tsalert.inbound.rules import readable

# Hotmail and Outlook.com send back the mail itself, marked with this, instead of a report.
_SENT_BACK = "X-HmXmrOriginalRecipient"
# The second is for addresses with letters beyond ASCII (RFC 6533).
_STATUS_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RECEIPT = "message/disposition-notification"
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list"})
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Mailer-Autoreply")
# What RFC 3834 would have no machine answer is not all from machines: people write through lists.
_AUTO_PRECEDENCES = frozenset({"bulk", "junk", "auto_reply", "auto-reply"})
# It writes what it stumbles over to the log, and that would be people's mail.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)


class Mail(Struct, frozen=True):
    """One mail as it was understood; ``tokens`` may name the message of ours that it is about."""

    digest: str
    sort: Sort
    sender: str = ""
    subject: str = ""
    body: str = ""
    code: str = ""
    tokens: tuple[str, ...] = ()
    attachments: int = 0


def read_mail(raw: bytes) -> Mail:
    """Return what a mail is; one that cannot be read is kept as far as it shows characters."""
    cut = raw[:LARGEST]
    try:
        message = message_from_bytes(cut)
        return _read(message, parts.digest_of(message, cut))
    except Exception:  # noqa: BLE001 - whatever a stranger sends, an officer can look at it
        return Mail(sha256(cut).hexdigest(), Sort.UNREAD, body=_plain(cut))


def as_unread(mail: Mail, raw: bytes) -> Mail:
    """Return a mail as one that nobody understood."""
    return replace(mail, sort=Sort.UNREAD, code="", tokens=(), body=_plain(raw[:LARGEST]))


def _read(message: Message, digest: str) -> Mail:
    sort, code = _sort(message)
    subject = parts.header(message, "Subject")[:500]
    mail = Mail(digest, sort, code=code, tokens=tuple(_tokens(message, sort)))
    if sort not in {Sort.MESSAGE, Sort.UNREAD}:
        return mail
    body = parts.words_of(message)[:LONGEST_KEPT]
    told = replace(
        mail, sender=parts.sender_of(message), subject=subject, body=body, attachments=parts.attachments_of(message)
    )
    says_nothing = not (told.sender or told.subject or told.body or told.attachments)
    return replace(told, sort=Sort.UNREAD) if says_nothing else told


def _sort(message: Message) -> tuple[Sort, str]:
    readers: Iterable[Callable[[Message], tuple[Sort, str] | None]] = (
        _as_complaint,
        _as_status_report,
        _as_other_bounce,
        _as_automatic,
    )
    for read in readers:
        found = read(message)
        if found is not None:
            return found
    return (Sort.UNREAD if _is_from_server(message) else Sort.MESSAGE), ""


def _as_complaint(message: Message) -> tuple[Sort, str] | None:
    """Read a report in the abuse reporting format (RFC 5965), or in Microsoft's own."""
    for part in message.walk():
        if _SENT_BACK in part:
            return Sort.COMPLAINT, "abuse"
        if part.get_content_type() == "message/feedback-report":
            kind = _fields_of(part).get("feedback-type", "").casefold()
            return (Sort.COMPLAINT if kind in _COMPLAINTS else Sort.AUTO_REPLY), readable(kind[:40])
    return None


def _as_status_report(message: Message) -> tuple[Sort, str] | None:
    """Read a delivery status notification (RFC 3464)."""
    reports = [part for part in message.walk() if part.get_content_type() in _STATUS_REPORTS]
    found = [_fields_of(block) for report in reports for block in _blocks(report)]
    told = [each for each in found if "action" in each]
    for each in told:
        if each["action"].casefold().startswith("failed"):
            words = each.get("diagnostic-code", "")
            return _failure(exact_code(each.get("status", ""), words), words)
    if any(each["action"].casefold().startswith("delayed") for each in told):
        return Sort.DELAY, ""
    return (Sort.AUTO_REPLY, "") if told else None


def _as_other_bounce(message: Message) -> tuple[Sort, str] | None:
    """Read what a mail server says in words of its own."""
    if not (is_daemon(parts.sender_of(message)) or "X-Failed-Recipients" in message):
        return None
    for_now, for_good = all_failures(message)
    if for_good or (message.get("X-Failed-Recipients") and not for_now):
        words = parts.words_of(message)
        return _failure(find_code(words) or "550", words)
    return (Sort.DELAY, "") if for_now else None


def _as_automatic(message: Message) -> tuple[Sort, str] | None:
    subject = parts.header(message, "Subject")
    answers = "In-Reply-To" in message or "References" in message
    said = parts.header(message, "Auto-Submitted").casefold()
    is_auto = (
        (said != "" and not said.startswith("no"))
        or parts.header(message, "Precedence").casefold() in _AUTO_PRECEDENCES
        or parts.header(message, "X-Auto-Response-Suppress").casefold() == "all"
        or any(name in message for name in _AUTO_HEADERS)
        or is_auto_subject(subject, answers=answers)
        or any(part.get_content_type() == _RECEIPT for part in message.walk())
    )
    if is_challenge(subject) and (is_auto or answers):
        return Sort.CHALLENGE, ""
    return (Sort.AUTO_REPLY, "") if is_auto and not is_daemon(parts.sender_of(message)) else None


def _failure(code: str, words: str) -> tuple[Sort, str]:
    return (Sort.BOUNCE if is_gone(code, words) else Sort.SOFT_BOUNCE), code


def _is_from_server(message: Message) -> bool:
    return is_daemon(parts.sender_of(message)) or parts.header(message, "Return-Path") == "<>"


def _tokens(message: Message, sort: Sort) -> list[str]:
    """Return what may be our tokens: of a person's mail only those that it answers, since the rest is their text."""
    answered = f"{parts.header(message, 'In-Reply-To')}\n{parts.header(message, 'References')}"
    if sort is Sort.MESSAGE:
        return find_tokens(answered)
    return find_tokens(f"{answered}\n{parts.everything_said(message)}")


def _blocks(report: Message) -> list[Message]:
    payload = report.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else [report]


def _fields_of(part: Message) -> dict[str, str]:
    """Return the fields of a report's block, by their names in lower case, wherever the parser put them."""
    if part.is_multipart():
        return {name: value for block in _blocks(part) for name, value in _fields_of(block).items()}
    text = str(part.get_payload() or "")
    pairs = [line.partition(":") for line in text.splitlines() if ":" in line and not line.startswith((" ", "\t"))]
    fields = {name.strip().casefold(): value.strip() for name, _, value in pairs}
    return fields | {name.casefold(): parts.header(part, name) for name in part.keys()}  # noqa: SIM118 - no mapping


def _plain(raw: bytes) -> str:
    return readable(raw[:LONGEST_KEPT].decode("utf-8", "replace"))

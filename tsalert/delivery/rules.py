"""What a message, an address and a delivery are, and which status may follow which. Pure."""

import hmac
import re
import unicodedata
from collections.abc import Collection, Mapping
from enum import StrEnum
from hashlib import sha256

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from msgspec import Struct
from msgspec.structs import replace
from phonenumbers import PhoneNumberType

from tsalert.core.errors import RuleViolation
from tsalert.delivery.telephones import BRITISH, DRAMA_MOBILES, is_drama, parse_phone

UNSUBSCRIBE_LINK = "((unsubscribe_link))"
ACKNOWLEDGE_LINK = "((acknowledge_link))"
PARTNER_MARK = "((partner_mark))"
_INNOCENT = re.compile(r"[\r\n\t]")
# Formatting characters join emoji in a text, but in an address they only deceive.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Most addresses are this plain, and an import of a million has no time for the whole grammar of mail.
_PLAIN_EMAIL = re.compile(r"[\w+-]+(?:\.[\w+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+(?:uk|com|org|net)", re.ASCII)
_SHORTEST_LIMIT = 63


class Channel(StrEnum):
    """A way to reach somebody."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"


_CHANNEL_OF_KIND = {
    PhoneNumberType.MOBILE: Channel.SMS,
    PhoneNumberType.FIXED_LINE: Channel.VOICE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: Channel.VOICE,
    PhoneNumberType.UAN: Channel.VOICE,
    PhoneNumberType.VOIP: Channel.VOICE,
    PhoneNumberType.TOLL_FREE: Channel.VOICE,
}


# Some countries do not tell their mobiles from their landlines.
_MOBILES_ABROAD = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


class Lane(StrEnum):
    """How soon a mailing goes out; an earlier one never waits behind a later one.

    Pages of officers have senders of their own. No STOP holds them back, since who is paged never
    subscribed to anything.
    """

    PAGING = "paging"
    URGENT = "urgent"
    TRANSACTIONAL = "transactional"
    BULK = "bulk"


LANES = tuple(Lane)
# Messages to one person who needs them, which carry no way to leave.
PERSONAL_LANES = frozenset({Lane.PAGING, Lane.TRANSACTIONAL})


class EndpointStatus(StrEnum):
    """Whether an address may be written to."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPTED_OUT = "opted_out"
    ERASED = "erased"


class SuppressionReason(StrEnum):
    """Why an address is never written to again, even after its person was erased."""

    OPTED_OUT = "opted_out"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


# Who may get the message with which somebody joins, or comes back: all but those who called us spam.
JOINING = (EndpointStatus.ACTIVE, EndpointStatus.UNCONFIRMED, EndpointStatus.OPTED_OUT, EndpointStatus.BOUNCED)


class MailingState(StrEnum):
    """Where a mailing stands."""

    SENDING = "sending"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class Status(StrEnum):
    """Where one delivery stands; "sent" means accepted by the provider."""

    PENDING = "pending"
    CLAIMED = "claimed"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SOFT_BOUNCED = "soft_bounced"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    HARD_BOUNCED = "hard_bounced"
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


# Undelivered and failed share a level; the provider's first word of the two stands.
_RANKS: Mapping[str, int] = {
    Status.PENDING: 0,
    Status.CLAIMED: 1,
    Status.UNKNOWN: 2,
    Status.ACCEPTED: 3,
    Status.SOFT_BOUNCED: 4,
    Status.DELIVERED: 5,
    Status.UNDELIVERED: 6,
    Status.FAILED: 7,
    Status.HARD_BOUNCED: 8,
}
_NEVER_STARTED = frozenset({Status.CANCELLED, Status.SUPPRESSED, Status.EXPIRED})
# What Twilio says of a message or call in a status callback; other words change nothing.
TWILIO_STATUSES: Mapping[str, Status] = {
    "sent": Status.ACCEPTED,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "completed": Status.DELIVERED,
    "busy": Status.UNDELIVERED,
    "no-answer": Status.UNDELIVERED,
    "canceled": Status.FAILED,
}


class Content(Struct, frozen=True):
    """What a mailing says, once for everybody; ``UNSUBSCRIBE_LINK`` stands for each reader's own link.

    ``ACKNOWLEDGE_LINK`` stands for the link with which a reader says that this very message was passed on,
    ``PARTNER_MARK`` for what an address of ours ends in where a partner's readers follow it: the partner's code.
    Nobody is written to on a channel for which there are no words.
    """

    subject: str = ""
    text: str = ""
    html: str | None = None
    sms: str | None = None
    voice: str | None = None


def with_unsubscribe_link(content: Content) -> Content:
    """Return the content with a way to leave in every part of its mail that lacks one."""
    text, html = content.text, content.html
    if text and UNSUBSCRIBE_LINK not in text:
        text = f"{text.rstrip()}\n\nStop these emails: {UNSUBSCRIBE_LINK}\n"
    if html and UNSUBSCRIBE_LINK not in html:
        link = f'<p><a href="{UNSUBSCRIBE_LINK}">Stop these emails</a></p>'
        html = html.replace("</body>", f"{link}</body>") if "</body>" in html else html + link
    return replace(content, text=text, html=html)


def check_content(content: Content) -> None:
    """Refuse words that would break a header or hide something.

    :raises RuleViolation: naming the part at fault.
    """
    if _has_control(content.subject):
        raise RuleViolation("Keep the subject to one line that can be seen.", field="subject")
    for part in ("text", "html", "sms", "voice"):
        if _has_control(_INNOCENT.sub("", getattr(content, part) or "")):
            raise RuleViolation("Take out the characters that cannot be seen.", field=part)


def channels_of(content: Content) -> frozenset[Channel]:
    """Return the channels on which the content says something."""
    said = {Channel.EMAIL: content.text, Channel.SMS: content.sms, Channel.VOICE: content.voice}
    return frozenset(channel for channel, words in said.items() if words)


def settle(current: Status, reported: Status) -> Status:
    """Return the status after a report: the rank only rises, so repeats and wrong order change nothing.

    A delivery that was never started, because cancelled, suppressed or expired, stays as it is.
    """
    if current in _NEVER_STARTED or reported not in _RANKS:
        return current
    return reported if _RANKS[reported] > _RANKS[current] else current


def normalise_address(channel: Channel, text: str, *, allow_drama: bool) -> str:
    """Return an address in the one form under which it is stored and sent to.

    :param allow_drama: accept the numbers that Ofcom keeps for drama; for demonstrations.
    :raises RuleViolation: it cannot be an address of this channel; the field is ``email`` or ``phone``.
    """
    if channel is Channel.EMAIL:
        return normalise_email(text)
    found, number = normalise_phone(text, allow_drama=allow_drama)
    if found is not channel:
        wanted = "mobile" if channel is Channel.SMS else "landline"
        raise RuleViolation(f"Enter a British {wanted} number.", field="phone")
    return number


def normalise_email(text: str) -> str:
    """Return an email address with its domain in lower case and Unicode in one form.

    Telephones turn the apostrophe of an O'Brien into a curly one as it is typed, at which nobody has a mailbox.

    :raises RuleViolation: it breaks the grammar of mail; whether the domain exists is not asked.
    """
    wrong = RuleViolation("Enter an email address like name@example.org.", field="email")
    cleaned = text.strip().replace("\u2019", "'")
    if len(cleaned) <= _SHORTEST_LIMIT and _PLAIN_EMAIL.fullmatch(cleaned):
        return cleaned
    if _has_control(cleaned, _HIDDEN):
        raise wrong
    try:
        # Invented people live at example.org and the like, so domains set aside for tests are let in.
        return validate_email(cleaned, check_deliverability=False, test_environment=True, strict=True).normalized
    except (EmailNotValidError, UnicodeError):
        raise wrong from None


def normalise_phone(
    text: str, *, allow_drama: bool, countries: Collection[int] = frozenset({BRITISH})
) -> tuple[Channel, str]:
    """Return how to reach a British number, by text if it is a mobile and else by voice, and its E.164 form.

    :param countries: calling codes of which mobiles are taken too; no landline abroad is rung.
    :raises RuleViolation: it is no number, is of another country, or costs extra to call.
    """
    number = parse_phone("" if _has_control(text.strip(), _HIDDEN) else text)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    drama = _drama_channel(written) if allow_drama else None
    if drama:
        return drama, written
    if not phonenumbers.is_valid_number(number):
        raise RuleViolation("Enter a British phone number: all of it, beginning with 0 or +44.", field="phone")
    kind = phonenumbers.number_type(number)
    if number.country_code != BRITISH:
        if number.country_code not in countries or kind not in _MOBILES_ABROAD:
            raise RuleViolation("We do not text or ring that number abroad. Enter a British one.", field="phone")
        return Channel.SMS, written
    channel = _CHANNEL_OF_KIND.get(kind)
    if channel is None:
        raise RuleViolation("Enter a number that costs no more than an ordinary call.", field="phone")
    return channel, written


def address_key(channel: Channel, address: str, secret: str) -> str:
    """Return the keyed hash by which an address is found, and by which a suppression outlives it.

    The case of an email's local part does not count: a second copy to the same person is the worse error.
    """
    folded = address.casefold() if channel is Channel.EMAIL else address
    return hmac.new(secret.encode(), f"{channel}:{folded}".encode(), sha256).hexdigest()


def wire_address(address: str) -> str:
    """Return an email address as mail servers take it: its domain in ASCII; its local part as it is."""
    if address.isascii():
        return address
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return address
    return checked.ascii_email or f"{checked.local_part}@{checked.ascii_domain}"


def mask_address(channel: str, address: str) -> str:
    """Show enough of an address for its owner to know it: ``p•••@example.org``, ``•••• 0123``."""
    if channel == Channel.EMAIL:
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}•••@{domain}" if domain else "•••"
    return f"•••• {address[-4:]}" if address else "••••"


def _drama_channel(written: str) -> Channel | None:
    if not is_drama(written):
        return None
    return Channel.SMS if written.startswith(DRAMA_MOBILES) else Channel.VOICE


def _has_control(text: str, categories: frozenset[str] = frozenset({"Cc", "Cs", "Zl", "Zp"})) -> bool:
    return any(unicodedata.category(character) in categories for character in text)

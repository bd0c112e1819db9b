"""The proof of an alert: what it will look like everywhere, and the digest that an approval binds to."""

from collections.abc import Mapping

from flask import current_app
from msgspec import Struct
from msgspec.structs import asdict

from tsalert.alerts.audience.choosing import sealed
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Edition, Kind, digest, follow_up_of
from tsalert.alerts.segments import SmsSize, measure
from tsalert.alerts.speaking import seconds
from tsalert.alerts.wording import Letterhead, Mail, Notice, Wording, other_editions, word
from tsalert.config import Settings
from tsalert.delivery.rules import ACKNOWLEDGE_LINK, PARTNER_MARK, UNSUBSCRIBE_LINK, Content
from tsalert.delivery.tokens import TOKEN_LENGTH


class Proof(Struct, frozen=True):
    """An alert as it goes out if approved now, and what stands for all of it.

    :param wording: the ordinary edition, with the words for telephones that everybody gets.
    :param others: the mail of every other edition.
    """

    wording: Wording
    others: Mapping[Edition, Mail]
    sms_size: SmsSize
    voice_seconds: int
    digest: str


def letterhead() -> Letterhead:
    """Return who speaks, by the settings."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return Letterhead(
        authority=settings.authority_name,
        public_url=settings.public_url,
        rapid_response_number=settings.rapid_response_number,
        unsubscribe_url=UNSUBSCRIBE_LINK,
        acknowledge_url=ACKNOWLEDGE_LINK,
        partner_mark=PARTNER_MARK,
        sms_stop="Reply STOP to end" if settings.takes_texts else f"Stop: {UNSUBSCRIBE_LINK}",
    )


def pull_proof(alert: Alert) -> Proof:
    """Set an alert in type and seal what is shown: its words in every form, and whom they go to."""
    notice, head = notice_of(alert), letterhead()
    wording, others = word(notice, head), other_editions(notice, head)
    shown = {
        **asdict(wording),
        "editions": {edition: asdict(mail) for edition, mail in others.items()},
        "kind": alert.kind,
        "in_reply_to": alert.in_reply_to,
        "urgency": alert.urgency,
        "topic": alert.topic,
        "wards": sorted(alert.wards),
        "channels": sorted(alert.channels),
        "expires_at": alert.expires_at.isoformat(),
        **sealed(alert),
    }
    size = measure(with_sample_link(wording.sms, "x" * TOKEN_LENGTH))
    return Proof(wording, others, size, seconds(wording.voice), digest(shown))


def with_sample_link(text: str, ending: str = "…") -> str:
    """Return a text with links that lead nowhere where each reader's own will be."""
    site = letterhead().public_url
    text = text.replace(UNSUBSCRIBE_LINK, f"{site}/unsubscribe/{ending}").replace(PARTNER_MARK, f"?partner={ending}")
    return text.replace(ACKNOWLEDGE_LINK, f"{site}/passed-on/{ending}")


def mail_of(pulled: Proof, edition: Edition) -> Mail:
    """Return one edition of an alert as mail."""
    ordinary = Mail(pulled.wording.subject, pulled.wording.text, pulled.wording.html)
    return pulled.others.get(edition, ordinary)


def content_of(alert: Alert, pulled: Proof, edition: Edition) -> Content:
    """Return what delivery sends; a channel that was not chosen has no content, and only mail has other editions."""
    if edition is not Edition.ORDINARY:
        return Content(**asdict(pulled.others[edition]))
    by_sms, by_voice = (channel in alert.channels for channel in (Channel.SMS, Channel.VOICE))
    return Content(
        subject=pulled.wording.subject,
        text=pulled.wording.text,
        html=pulled.wording.html,
        sms=pulled.wording.sms if by_sms else None,
        voice=pulled.wording.voice if by_voice else None,
    )


def notice_of(alert: Alert) -> Notice:
    """Return what an alert says, as every form of it begins."""
    return Notice(
        reference=alert.reference,
        headline=alert.headline,
        body=alert.body_markdown,
        advice=alert.advice,
        sms=alert.sms_text,
        voice=alert.voice_text,
        expires_at=None if Kind(alert.kind).ends_another else alert.expires_at,
        follow_up=_follow_up(alert),
    )


def _follow_up(alert: Alert) -> str:
    original = alert.original
    return follow_up_of(original.reference, Kind(alert.kind), of=Kind(original.kind)) if original else ""

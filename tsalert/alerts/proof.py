"""The proof of an alert: what it will look like everywhere, and the digest that an approval binds to."""

from dataclasses import asdict, dataclass

from flask import current_app

from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, digest
from tsalert.alerts.segments import SmsSize, measure
from tsalert.alerts.speaking import seconds
from tsalert.alerts.wording import Letterhead, Notice, Wording, word
from tsalert.config import Settings, TwilioSettings
from tsalert.delivery.rules import UNSUBSCRIBE_LINK, Content
from tsalert.delivery.tokens import TOKEN_LENGTH


@dataclass(frozen=True, slots=True)
class Proof:
    """An alert as it goes out if approved now, and what stands for all of it."""

    wording: Wording
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
        sms_stop="Reply STOP to end" if _takes_replies(settings.twilio) else f"Stop: {UNSUBSCRIBE_LINK}",
    )


def pull_proof(alert: Alert) -> Proof:
    """Set an alert in type and seal what is shown: its words in every form, and whom they go to."""
    wording = word(_notice(alert), letterhead())
    shown = {
        **asdict(wording),
        "kind": alert.kind,
        "in_reply_to": alert.in_reply_to,
        "urgency": alert.urgency,
        "topic": alert.topic,
        "wards": sorted(alert.wards),
        "channels": sorted(alert.channels),
        "expires_at": alert.expires_at.isoformat(),
    }
    size = measure(with_sample_link(wording.sms, "x" * TOKEN_LENGTH))
    return Proof(wording, size, seconds(wording.voice), digest(shown))


def with_sample_link(text: str, ending: str = "…") -> str:
    """Return a text with a link that leads nowhere where each reader's own will be."""
    return text.replace(UNSUBSCRIBE_LINK, f"{letterhead().public_url}/unsubscribe/{ending}")


def content_of(alert: Alert, wording: Wording) -> Content:
    """Return what delivery sends; a channel that was not chosen has no content."""
    by_sms, by_voice = (channel in alert.channels for channel in (Channel.SMS, Channel.VOICE))
    return Content(
        subject=wording.subject,
        text=wording.text,
        html=wording.html,
        sms=wording.sms if by_sms else None,
        voice=wording.voice if by_voice else None,
    )


def _takes_replies(twilio: TwilioSettings | None) -> bool:
    """Tell whether a reader can answer a text: a sender made of letters is one-way."""
    return twilio is None or twilio.sender is None or twilio.sender.startswith("+")


def _notice(alert: Alert) -> Notice:
    return Notice(
        reference=alert.reference,
        headline=alert.headline,
        body=alert.body_markdown,
        advice=alert.advice,
        sms=alert.sms_text,
        voice=alert.voice_text,
        expires_at=alert.expires_at,
    )

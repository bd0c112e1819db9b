"""From one text to every form in which an alert goes out."""

from datetime import datetime

from markupsafe import Markup
from msgspec import Struct

from tsalert.alerts import markdown
from tsalert.alerts.rules import Edition, last_day
from tsalert.alerts.segments import plain_marks
from tsalert.alerts.speaking import LONGEST_CALL, seconds, shorten, spoken
from tsalert.core.words import write_day
from tsalert.web.mails import mail_template


class Letterhead(Struct, frozen=True):
    """Who speaks, and where they can be checked.

    :param unsubscribe_url: what delivery replaces by each reader's own address.
    :param acknowledge_url: what delivery replaces by the address at which a partner says that it passed a message on.
    :param partner_mark: what delivery replaces by the end of an address that a partner's readers follow.
    :param sms_stop: how a reader of texts leaves: most senders take a reply, one made of letters cannot.
    """

    authority: str
    public_url: str
    rapid_response_number: str
    unsubscribe_url: str
    acknowledge_url: str
    partner_mark: str
    sms_stop: str


class Notice(Struct, frozen=True):
    """What one alert says; ``body`` and ``advice`` are Markdown, ``sms`` and ``voice`` may be empty.

    :param expires_at: until when it applies; None for what says that another one is over.
    :param follow_up: the sentence that says which alert this updates or ends, if any.
    """

    reference: str
    headline: str
    body: str
    advice: str
    sms: str
    expires_at: datetime | None
    voice: str = ""
    follow_up: str = ""


class Wording(Struct, frozen=True):
    """An alert as it goes out in its ordinary edition, one form for each channel."""

    subject: str
    text: str
    html: str
    sms: str
    voice: str


class Mail(Struct, frozen=True):
    """An alert as it goes out by mail in one edition."""

    subject: str
    text: str
    html: str


def word(notice: Notice, head: Letterhead) -> Wording:
    """Write an alert in every form; each says how to check that it is real."""
    mail = _mail(notice, head, "alert")
    return Wording(mail.subject, mail.text, mail.html, sms=_sms(notice, head), voice=_voice(notice, head))


def other_editions(notice: Notice, head: Letterhead) -> dict[Edition, Mail]:
    """Write an alert for partners, who pass it on, and in large print."""
    return {edition: _mail(notice, head, f"alert_{edition}") for edition in (Edition.PARTNER, Edition.LARGE_PRINT)}


def safe_html(source: str) -> Markup:
    """Return Markdown as HTML that a page may show as it is."""
    return Markup(markdown.to_html(source))  # noqa: S704 - cleaned there


def check_url(reference: str, head: Letterhead) -> str:
    """Return the permalink at which anybody can check an alert."""
    return f"{head.public_url}/check/{reference}"


def _mail(notice: Notice, head: Letterhead, template: str) -> Mail:
    return Mail(
        subject=f"{notice.headline} ({notice.reference})",
        text=mail_template(f"{template}.txt").render(
            _shared(notice, head), body=markdown.to_text(notice.body), advice=markdown.to_text(notice.advice)
        ),
        html=mail_template(f"{template}.html").render(
            _shared(notice, head), body=safe_html(notice.body), advice=safe_html(notice.advice)
        ),
    )


def _sms(notice: Notice, head: Letterhead) -> str:
    said = " ".join(filter(None, (notice.follow_up, notice.sms.strip() or notice.headline)))
    words = plain_marks(f"{head.authority}: {said}")
    return f"{words}\nCheck {notice.reference} at {check_url(notice.reference, head)}\n{head.sms_stop}"


def _voice(notice: Notice, head: Letterhead) -> str:
    """Write the words of a call; where nobody wrote any, as much of headline and advice as can be said in time."""
    begin = " ".join(filter(None, (f"This is a call from {spoken(head.authority)}", spoken(notice.follow_up))))
    end = f"You can check this with us. Its reference is {spoken(notice.reference)}"
    room = LONGEST_CALL - seconds(f"{begin} {end}")
    own = spoken(markdown.to_text(notice.voice))
    words = own or shorten(spoken(f"{notice.headline}\n{markdown.to_text(notice.advice)}"), room)
    return f"{begin} {words} {end}"


def _shared(notice: Notice, head: Letterhead) -> dict[str, object]:
    ends = last_day(notice.expires_at) if notice.expires_at else None
    return {
        "notice": notice,
        "head": head,
        "check_url": check_url(notice.reference, head),
        "pass_on_url": f"{head.public_url}/pass-on/{notice.reference}{head.partner_mark}",
        "join_url": f"{head.public_url}/join{head.partner_mark}",
        "until": write_day(ends) if ends else "",
    }

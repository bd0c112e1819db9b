"""What we say to partners: the reminder to declare again, and alerts in forms that may be forwarded."""

from datetime import datetime
from urllib.parse import urlencode

from msgspec import Struct

from tsalert.alerts import markdown
from tsalert.alerts.wording import Letterhead, check_url
from tsalert.core.clock import in_london
from tsalert.core.words import write_day
from tsalert.delivery.rules import Content

_LONGEST_MESSAGE = 450  # characters; a messaging group folds away what is longer


class PassOn(Struct, frozen=True):
    """An alert in the forms in which partners pass it on; none of them holds anybody's own link."""

    text: str
    html: str
    message: str


class Told(Struct, frozen=True):
    """The words of an alert, as a partner's readers are to see them; ``body`` and ``advice`` are Markdown.

    :param expires_at: until when it applies; None for what says that another one is over.
    """

    reference: str
    headline: str
    body: str
    advice: str
    expires_at: datetime | None


def reminder(*, partner: str, reach: int | None, on: datetime | None, link: str, authority: str) -> Content:
    """Return the mail that asks a partner how many it passes alerts on to."""
    last = f"In {_month(on)} you told us that it was {reach:,}." if reach is not None and on else "We do not know yet."
    text = (
        f"How many people does {partner} pass our alerts on to?\n"
        "\n"
        f"{last} If that is still right, or to change it, open this page and press the button:\n"
        "\n"
        f"{link}\n"
        "\n"
        "The link works for 60 days. We ask once a year, so that our figures are right.\n"
        "\n"
        f"{authority}\n"
    )
    return Content(subject="How many people do you pass our alerts on to?", text=text)


def join_url(public_url: str, code: str | None) -> str:
    """Return the address at which a partner's readers sign up; with no code, anybody's."""
    return f"{public_url}/join" + (f"?{urlencode({'partner': code})}" if code else "")


def pass_on(alert: Told, head: Letterhead, *, code: str | None) -> PassOn:
    """Write an alert in every form in which partners pass it on, each with how to check it and how to join."""
    check, join = check_url(alert.reference, head), join_url(head.public_url, code)
    body, advice = markdown.to_text(alert.body).strip(), markdown.to_text(alert.advice).strip()
    until = f" It applies until {write_day(alert.expires_at)}." if alert.expires_at else ""
    ring = _ring(head.rapid_response_number)
    foot = (
        f"This alert is from {head.authority}.{until}",
        f"Is it real? Check {alert.reference} at {check}",
        f"Get alerts like this yourself at {join}",
    )
    parts = [alert.headline, body, *([f"What to do\n\n{advice}"] if advice else []), ring, "\n".join(foot)]
    return PassOn(
        text="\n\n".join(parts),
        html=_html(alert, foot, ring, check, join),
        message=_shortened(f"{alert.headline}. {_flat(advice or body)}", f"\nCheck: {check}\nGet alerts: {join}"),
    )


def _ring(number: str) -> str:
    own = f"Is it happening to you now? Ring {number}. " if number else ""
    return f"{own}In danger, ring 999."


def _html(alert: Told, foot: tuple[str, str, str], ring: str, check: str, join: str) -> str:
    said, checking, joining = (_escaped(line) for line in foot)
    checking = checking.replace(_escaped(check), _anchor(check))
    joining = joining.replace(_escaped(join), _anchor(join))
    advice = f"<h3>What to do</h3>\n{markdown.to_html(alert.advice)}\n" if alert.advice.strip() else ""
    return (
        f"<h2>{_escaped(alert.headline)}</h2>\n{markdown.to_html(alert.body)}\n{advice}"
        f"<p><strong>{_escaped(ring)}</strong></p>\n"
        f"<p>{said}</p>\n<p>{checking}</p>\n<p>{joining}</p>"
    )


def _anchor(address: str) -> str:
    return f'<a href="{_escaped(address)}">{_escaped(address)}</a>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _shortened(words: str, ending: str) -> str:
    """Return a message that keeps its links whole, whatever becomes of its words."""
    room = _LONGEST_MESSAGE - len(ending)
    if len(words) > room:
        words = words[: room - 1].rsplit(" ", 1)[0] + "…"
    return words + ending


def _month(at: datetime) -> str:
    return f"{in_london(at):%B %Y}"

"""What a test says: the alert, marked so that nobody takes it for one. Pure."""

from tsalert.alerts.wording import Mail
from tsalert.delivery.rules import Content

MARK = "TEST"
_SAID = "This is a test of an alert. Only you got it. Do not pass it on."


def mark_mail(mail: Mail) -> Content:
    """Return one edition of an alert as a test."""
    banner = f'<p style="padding: 8px; border: 3px solid"><strong>{MARK}.</strong> {_SAID}</p>'
    head, body, rest = mail.html.partition("<body>")
    html = f"{head}{body}\n{banner}{rest}" if body else f"{banner}\n{mail.html}"
    return Content(subject=f"{MARK}: {mail.subject}", text=f"{MARK}. {_SAID}\n\n{mail.text}", html=html)


def mark_text(sms: str, subject: str) -> Content:
    """Return a text message of an alert as a test."""
    return Content(subject=f"{MARK}: {subject}", text="", sms=f"{MARK}: {sms}")


def mark_call(voice: str, subject: str) -> Content:
    """Return the words of a call of an alert as a test."""
    return Content(subject=f"{MARK}: {subject}", voice=f"{_SAID} {voice}")

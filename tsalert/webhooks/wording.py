"""The mail that says that a program is told nothing any more."""

from tsalert.config import Settings
from tsalert.delivery.rules import Content


def failing_mail(webhook_id: int, name: str, settings: Settings) -> Content:
    """Return the mail to those who connect programs; it names nothing that the program was told."""
    text = (
        f"The webhook {name} has accepted nothing for 18 hours, or has asked for no more messages.\n\n"
        "Messages for it wait for 30 days. See what was tried, put the program right, and press Send a test;  "
        "once the test is accepted, everything that is waiting is sent:\n\n"
        f"{settings.public_url}/outgoing-webhooks/{webhook_id}\n"
    )
    return Content(subject=f"A webhook of {settings.authority_name} does not answer", text=text)

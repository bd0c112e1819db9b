"""What managers are written when somebody broke the glass; nothing in it is kept from any of the staff."""

from datetime import datetime

from tsalert.delivery.rules import Content
from tsalert.web.filters import moment


def glass_mail(*, officer: str, title: str, until: datetime, link: str) -> Content:
    """Return the mail about broken glass; the reason stands behind the link, since it may tell of people."""
    text = (
        f"{officer} has broken the glass of {title} and may see it until {moment(until)}.\n\n"
        f"Read the reason, and end the access if it should not be: {link}\n"
    )
    return Content(subject=f"Glass broken: {title}", text=text)

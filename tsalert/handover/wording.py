"""What mails about handovers and neighbours say: references, bodies and dates, and nothing of any person."""

from collections.abc import Sequence
from datetime import date, datetime

from tsalert.delivery.rules import Content
from tsalert.web.filters import day, moment


def lapse_mail(*, reference: str, body: str, offered_at: datetime, answer_by: datetime, link: str) -> Content:
    """Return the mail that tells managers of an offer that nobody answered."""
    text = (
        f"{reference} was offered to {body} on {moment(offered_at)}. Nobody answered by {moment(answer_by)}, so the "
        f"offer has lapsed. It is ours, and somebody must deal with it.\n\nSee the handover: {link}\n"
    )
    return Content(subject=f"Nobody took over {reference}", text=text)


def neighbours_mail(contacts: Sequence[tuple[str, date | None]], *, link: str) -> Content:
    """Return the mail that asks to see whether contacts are still right; each has its name and when that was last."""
    lines = "".join(f"- {name}: {f'last verified {day(on)}' if on else 'never verified'}\n" for name, on in contacts)
    text = (
        f"Nobody has verified for a year how these trading standards services are reached:\n\n{lines}\n"
        f"Ring them, put right what has changed, and press “Verified today”: {link}\n"
    )
    return Content(subject="Neighbours to verify", text=text)

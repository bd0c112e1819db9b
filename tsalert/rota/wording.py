"""What the rota says in mails and texts: names of officers and duties, and nothing else of anybody."""

from collections.abc import Sequence
from datetime import time

from tsalert.core.clock import in_london
from tsalert.delivery.rules import Content
from tsalert.rota.coverage import Gap, Span
from tsalert.web.filters import clock, day, moment


def hours(span: Span) -> str:
    """Say a time as it stands under the day on which it begins: ``6:00pm to 8:00am next day``."""
    begins, ends = in_london(span.starts_at), in_london(span.ends_at)
    days = (ends.date() - begins.date()).days
    opening = clock(span.starts_at)
    if days == 0:
        return f"{opening} to {clock(span.ends_at)}"
    if days == 1 and ends.time() == time.min:
        return "all day" if begins.time() == time.min else f"{opening} to midnight"
    return f"{opening} to {clock(span.ends_at)} {'next day' if days == 1 else f'on {day(ends.date())}'}"


def describe_gap(gap: Gap) -> str:
    """Say of a gap which duty nobody stands, from when to when."""
    return f"{gap.duty.label}: nobody from {moment(gap.span.starts_at)} to {moment(gap.span.ends_at)}"


def gap_mail(gaps: Sequence[Gap], *, authority: str, link: str) -> Content:
    """Return the mail that tells managers of gaps."""
    lines = "".join(f"- {describe_gap(gap)}\n" for gap in gaps)
    text = (
        f"In the next seven days the rota of {authority} has a time in which nobody stands by:\n\n{lines}\n"
        f"Put somebody on it here: {link}\n\n"
        "You get this once for each gap. The rota's page shows it until it is filled.\n"
    )
    subject = "The rota has a gap" if len(gaps) == 1 else f"The rota has {len(gaps)} gaps"
    return Content(subject=subject, text=text)


def code_text(code: str, *, authority: str) -> Content:
    """Return the text that proves a mobile."""
    return Content(sms=f"{authority}: your code is {code}. It works for 10 minutes. Nobody will ask you for it.")

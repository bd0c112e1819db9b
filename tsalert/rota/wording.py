"""What the rota says in mails and texts: names of officers and duties, and nothing else of anybody."""

from collections.abc import Sequence
from datetime import datetime, time

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
        f"In the next seven days there are times on the rota of {authority} when nobody is on duty:\n\n{lines}\n"
        f"Put somebody on it here: {link}\n\n"
        "You get this once for each gap. The rota's page shows it until it is filled.\n"
    )
    subject = "The rota has a gap" if len(gaps) == 1 else f"The rota has {len(gaps)} gaps"
    return Content(subject=subject, text=text)


def code_text(code: str, *, authority: str) -> Content:
    """Return the text that proves a mobile."""
    return Content(sms=f"{authority}: your code is {code}. It works for 10 minutes. Nobody will ask you for it.")


def silent_text(name: str, *, authority: str) -> Content:
    """Return the text that tells a manager of an officer to whom no more texts go."""
    said = f"{name} texted STOP: pages by text do not reach them, we ring instead. They must text START to us."
    return Content(sms=f"{authority}: {said}")


def silent_mail(name: str, at: datetime, *, link: str) -> Content:
    """Return the mail that tells managers of it."""
    return Content(
        subject=f"Texts no longer reach {name}",
        text=f"STOP was texted from the mobile of {name} on {moment(at)}. The telephone network now holds back every "
        "text of ours to it. Pages and welfare checks ring them instead; news of missed calls goes to the next on "
        "duty.\n\n"
        "They can put this right by texting START to the number that our texts come from. Until then give their shifts "
        f"to somebody else if a call is not enough:\n\n{link}\n",
    )


def silent_mail_to_owner(at: datetime, *, authority: str, link: str) -> Content:
    """Return the mail to whoever holds the mobile."""
    return Content(
        subject="Your mobile takes no more texts from us",
        text=f"STOP was texted from your mobile on {moment(at)}. Texts of {authority} no longer reach it. "
        "Your managers know. Pages and welfare checks ring you instead.\n\n"
        "To get texts again, text START to the number that our texts come from. If it was not you, change your "
        f"mobile here:\n\n{link}\n",
    )


def heard_again_mail(name: str, at: datetime) -> Content:
    """Return the mail that tells managers that it is mended."""
    text = f"START was texted from the mobile of {name} on {moment(at)}. Pages by text reach them again.\n"
    return Content(subject=f"Texts reach {name} again", text=text)


def start_answer(*, authority: str) -> str:
    """Return what an officer reads who texted START."""
    return f"{authority}: pages reach you by text again. Your managers know."

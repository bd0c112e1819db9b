"""What is said to who is paged: the reference, the grade and the time, and nothing of the people. Pure."""

from datetime import datetime

from tsalert.core.clock import in_london
from tsalert.delivery.rules import Content
from tsalert.paging.vocabulary import Verb

_PARTS = 3


def spoken(reference: str) -> str:
    """Return a reference as it is read out: ``R26-00062-A`` is "R 62"."""
    parts = reference.split("-")
    return f"{reference[:1]} {int(parts[1])}" if len(parts) == _PARTS and parts[1].isdecimal() else reference


def page(reference: str, grade: str, due_at: datetime | None, code: str, *, can_reply: bool, link: str) -> Content:
    """Return a page for every channel.

    :param can_reply: whether the sender of our texts is a number that can be answered.
    """
    due = f", due {in_london(due_at):%H:%M}" if due_at else ""
    how = f"Reply TAKE {code} or PASS {code}." if can_reply else "Take or pass it in tsalert, or by key when we ring."
    return Content(
        subject=f"{grade} incident {reference}",
        text=f"{reference} is waiting, graded {grade.lower()}{due}. Take it or pass it on here:\n\n{link}\n",
        sms=f"{reference} {grade.lower()}{due}. {how}",
        voice=f"{grade} incident {spoken(reference)}. Press 1 to take it, 2 to pass.",
    )


def page_again(reference: str, code: str, *, can_reply: bool, link: str) -> Content:
    """Return what is said to whoever took an incident and is not on the way."""
    how = f"Reply ENROUTE {code} or PASS {code}." if can_reply else "Say so in tsalert."
    return Content(
        subject=f"Incident {reference}: are you on your way?",
        text=f"You took {reference} and are not on the way yet. Set out or pass it on here:\n\n{link}\n",
        sms=f"{reference}: you took it and are not on the way yet. {how}",
        voice=f"You took incident {spoken(reference)} and are not on the way yet. Press 1 to keep it, 2 to pass.",
    )


def cannot_page(reference: str, *, link: str) -> Content:
    """Return the mail to those who should have been paged, or must ring them by hand."""
    return Content(
        subject=f"Ring by hand: pages for {reference} do not go out",
        text=f"A page for {reference} was not taken by the telephone provider. The people to ring by hand, with "
        f"their numbers, are listed here:\n\n{link}\n",
    )


def nobody_reachable(reference: str, *, link: str) -> Content:
    """Return the mail to every manager where there is nobody at all to page."""
    return Content(
        subject=f"Nobody could be paged for {reference}",
        text=f"{reference} is waiting, and nobody on duty and no manager has a mobile that can be paged. Somebody "
        f"must take it:\n\n{link}\n",
    )


def welfare_check(reference: str, code: str, *, can_reply: bool) -> Content:
    """Return the question to an officer who has been silent on scene."""
    how = f"Reply OK {code}, or CLEAR {code} if you have left." if can_reply else "Say so in tsalert now."
    return Content(
        sms=f"Are you safe at {reference}? {how}",
        voice=f"Are you safe at incident {spoken(reference)}? Press 1 if you are. If you are in danger, ring 9 9 9.",
    )


def welfare_alarm(reference: str, *, link: str) -> Content:
    """Return what the manager hears when an officer does not answer, or reads where no manager can be rung."""
    return Content(
        subject=f"Welfare check missed at {reference}",
        text=f"An officer at {reference} does not answer. Somebody must find out whether they are safe:\n\n{link}\n",
        voice=f"Welfare check missed. An officer at incident {spoken(reference)} does not answer. "
        "Press 1 to deal with it.",
    )


def no_step(choices: list[tuple[str, str]]) -> str:
    """Return the answer to words of a paged officer that are no verb; choices are (code, reference)."""
    listed = ", ".join(f"{code} for {reference}" for code, reference in choices)
    how = f"Text TAKE, ENROUTE, ARRIVED or CLEAR with the code: {listed}."
    return f"No step was recorded. {how} An officer will read your words."


def which_one(verb: Verb, choices: list[tuple[str, str]]) -> str:
    """Return the answer to a verb without its code, or with a wrong one; choices are (code, reference)."""
    if not choices:
        return "You have no page that is open. Nothing was recorded."
    if len(choices) == 1:
        return f"Which one? Add the code: {verb} {choices[0][0]}. Nothing was recorded."
    listed = ", ".join(f"{verb} {code} for {reference}" for code, reference in choices)
    return f"Which one? Add the code: {listed}. Nothing was recorded."

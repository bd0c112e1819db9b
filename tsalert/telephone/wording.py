"""What callers hear, and what officers and texters read; no name, no number and no story of anybody."""

from datetime import datetime

from tsalert.core.clock import in_london

WHISPER = "Call for Trading Standards rapid response. Press 1 to take it."
TAKEN = "You are through."
TOO_LATE = "The caller is no longer waiting for you. The call is on the calls page."
NOT_TAKEN = "Not taken. Goodbye."
THANKS = "Thank you. An officer will hear your message. Goodbye."
NOTHING_HEARD = "We heard no message. We have noted your call, and an officer will see it. Goodbye."


def greeting(authority: str) -> str:
    """Say whose number this is, and who else to ring, before the officer's telephone rings."""
    return (
        f"{authority}, rapid response. If anyone is in danger now, hang up and ring 9 9 9. "
        "Otherwise please hold: we are ringing the officer on duty."
    )


def message_request(authority: str) -> str:
    """Ask for a message."""
    return (
        f"If anyone is in danger now, hang up and ring 9 9 9. This is {authority}, rapid response. "
        "Nobody can speak to you at this moment. After the tone, say who you are, your number, where you are "
        "and what is happening. An officer will ring you back."
    )


def text_answer(*, authority: str, number: str) -> str:
    """Tell somebody who texted that they were heard, in one text message."""
    ring = f" To talk to us now, ring {number}." if number else ""
    return f"{authority} has your message. An officer will read it. In danger? Ring 999.{ring}"


def missed_notice(what: str, reference: str, at: datetime, *, can_be_rung: bool) -> str:
    """Tell the officer on duty of a contact that waits; ``what`` such as "Missed call"."""
    then = "Ring back from the calls page." if can_be_rung else "See the calls page."
    return f"{what} on the rapid-response number at {_at(at)}, {reference}. {then}"


def report_notice(reference: str, at: datetime, *, can_be_rung: bool) -> str:
    """Tell the officer on duty of a report from the website whose writer says that it is happening now."""
    then = "Ring back from the calls page." if can_be_rung else "See the calls page."
    return f"Report on the website at {_at(at)} of something happening now, {reference}. {then}"


def uncovered_notice(at: datetime) -> str:
    """Tell managers that a call came in while nobody was on duty."""
    return f"A call to the rapid-response number at {_at(at)} found nobody on duty. See the rota and the calls page."


def limit_notice(what: str, at: datetime) -> str:
    """Tell managers that calls go straight to voicemail."""
    return (
        f"Calls to the rapid-response number have gone to voicemail since {_at(at)}: {what}. "
        "It may be fraud. Messages are on the calls page."
    )


def _at(at: datetime) -> str:
    return f"{in_london(at):%H:%M}"

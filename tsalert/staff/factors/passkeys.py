"""Passkeys: what a browser is asked, and whether what it answers is right (WebAuthn).

Every passkey asks its holder for a finger, face or code, so that it counts as both steps at once. The question is kept
in the browser's session and asked once; an answer to another, or an old one, counts for nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app, session

from tsalert.core.errors import RuleViolation
from tsalert.staff.factors.asking import NewPasskey, Place, holder_of, place_of
from tsalert.staff.factors.models import Passkey
from tsalert.staff.models import Officer

_ASKED = "passkey_asked"
_PATIENCE = timedelta(minutes=10)
_WRONG = "The passkey was not accepted. Try again, or sign in another way."


def are_possible() -> bool:
    """Tell whether browsers keep passkeys for this service."""
    return _place().takes_passkeys


def ask_for_new(officer: Officer, has: Sequence[Passkey], *, now: datetime) -> str:
    """Return the question, as JSON, with which a browser makes a passkey that the officer does not have yet."""
    from tsalert.staff.factors import protocol  # noqa: PLC0415 - it is large, and few requests are about passkeys

    holder = holder_of(officer.id, officer.name, officer.email)
    options, challenge = protocol.question_for_new(_place(), holder, [each.credential for each in has])
    session[_ASKED] = [challenge, now.timestamp()]
    return options


def ask(has: Sequence[Passkey] = (), *, now: datetime) -> str:
    """Return the question, as JSON, that one of some passkeys answers, or where none is named, any of this service."""
    from tsalert.staff.factors import protocol  # noqa: PLC0415 - as above

    options, challenge = protocol.question(_place(), [each.credential for each in has])
    session[_ASKED] = [challenge, now.timestamp()]
    return options


def read_new(answer: str, name: str, *, now: datetime) -> NewPasskey:
    """Return the passkey that a browser made.

    :raises RuleViolation: it is no answer to what was asked.
    """
    from tsalert.staff.factors import protocol  # noqa: PLC0415 - as above

    try:
        return protocol.read_new(answer, _place(), _asked(now), name)
    except protocol.Refused as refused:
        raise RuleViolation("The passkey was not accepted, and nothing is kept of it. Try again.") from refused


def credential_in(answer: str) -> str:
    """Return the name, in base64url, of the passkey that a browser answers with.

    :raises RuleViolation: it is no answer.
    """
    from tsalert.staff.factors import protocol  # noqa: PLC0415 - as above

    try:
        return protocol.credential_in(answer)
    except protocol.Refused as refused:
        raise RuleViolation(_WRONG) from refused


def check_answer(answer: str, passkey: Passkey, *, now: datetime) -> int:
    """Return how often a passkey has signed by now.

    :raises RuleViolation: it is no answer to what was asked, or comes from a copy of the key.
    """
    from tsalert.staff.factors import protocol  # noqa: PLC0415 - as above

    key, count = passkey.public_key, passkey.sign_count
    try:
        asked = _asked(now, since=passkey.last_used_at)
        return protocol.check(answer, _place(), asked, public_key=key, sign_count=count)
    except protocol.Refused as refused:
        raise RuleViolation(_WRONG) from refused


def _place() -> Place:
    settings = current_app.extensions["tsalert_settings"]
    return place_of(settings.public_url, settings.authority_name)


def _asked(now: datetime, *, since: datetime | None = None) -> str:
    """Return what this browser was asked last, once; an old page asks nothing any more.

    :param since: when the passkey was used last. A browser whose cookie was copied could else bring an old question
        back with its answer, and many passkeys do not count how often they have signed.
    """
    challenge, at = session.pop(_ASKED, ("", 0))
    is_old = abs(now.timestamp() - at) > _PATIENCE.total_seconds() or (since is not None and at <= since.timestamp())
    if not challenge or is_old:
        raise RuleViolation("That took too long. Try the passkey again.")
    return str(challenge)

"""What an officer is told by mail when somebody, they themselves or another, changes how they sign in."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.delivery.rules import Content
from tsalert.staff.models import Officer
from tsalert.staff.queries import Person
from tsalert.staff.writing import write_to

PASSWORD_CHANGED = "The password of your account was changed."  # noqa: S105 - a sentence
LINK_MADE = "An administrator made a link with which the password of your account can be set, once and within 24 hours."
APP_SET_UP = "An authenticator app was set up for your account."
APP_REMOVED = "The authenticator app was taken from your account."
PASSKEY_ADDED = "A passkey was added to your account."
PASSKEY_REMOVED = "A passkey was taken from your account."
CODES_RENEWED = "New recovery codes were made for your account; the old ones do not work any more."
CODE_USED = "A recovery code of your account was used to sign in."
RESET = "The second step of your account was taken away by an administrator, and all your sessions were ended."
_ENDING = "If you know of this, there is nothing to do. If not, ring your administrator at once."


def tell(session: Session, officer: Officer, said: str, *, now: datetime) -> None:
    """Write to an officer what happened to their account; a step."""
    text = f"{said}\n\n{_ENDING}\n"
    person = Person(officer.id, officer.name, officer.email)
    write_to(session, [person], Content(subject="How you sign in to tsalert has changed", text=text), now=now)


def tell_witness(session: Session, witness: Officer, name: str, *, by: str, now: datetime) -> None:
    """Write to whoever was named as knowing that an officer lost their second step; a step."""
    said = f"{by} took away the second step of {name}'s account, and named you as knowing that it was lost."
    text = f"{said}\n\nIf you do not know of this, ring another administrator at once.\n"
    person = Person(witness.id, witness.name, witness.email)
    write_to(session, [person], Content(subject=f"You vouched for {name}", text=text), now=now)

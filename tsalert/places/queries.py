"""Looking up wards."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.places.models import Ward


def ward_options(session: Session) -> list[tuple[str, str]]:
    """Return (code, name) of every ward, by name."""
    return [(code, name) for code, name in session.execute(select(Ward.code, Ward.name).order_by(Ward.name, Ward.code))]


def is_ward(session: Session, code: str) -> bool:
    """Tell whether there is a ward with a code."""
    return session.get(Ward, code) is not None


def ward_names(session: Session) -> dict[str, str]:
    """Return the name of every ward by its code."""
    return dict(ward_options(session))

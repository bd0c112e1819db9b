"""Looking up wards."""

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from tsalert.places.models import Ward


def ward_options(session: Session) -> list[tuple[str, str]]:
    """Return (code, name) of every ward, by name."""
    return [(code, name) for code, name in session.execute(select(Ward.code, Ward.name).order_by(Ward.name, Ward.code))]


def ward_mark() -> ScalarSelect[int]:
    """Return what changes when a ward is added or gets a name of another length, as part of a statement."""
    return select(func.sum(func.length(Ward.name) + 1)).scalar_subquery()


def is_ward(session: Session, code: str) -> bool:
    """Tell whether there is a ward with a code."""
    return session.get(Ward, code) is not None


def ward_names(session: Session) -> dict[str, str]:
    """Return the name of every ward by its code."""
    return dict(ward_options(session))

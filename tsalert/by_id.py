"""One row by its id, as most of what is asked for by a number in an address is read."""

from typing import TypeVar

from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.db import Base

Row = TypeVar("Row", bound=Base)


def get_by_id(session: Session, model: type[Row], number: int, otherwise: str, *, lock: bool = False) -> Row:
    """Return the row with an id.

    :param otherwise: what is said where there is none.
    :param lock: nobody else changes it until the transaction ends, and it is read as it stands by then, whatever the
        session knew of it.
    :raises NotFound: there is none, or there can be none with such a number.
    """
    row = None
    if is_id(number):
        row = session.get(model, number, populate_existing=lock, with_for_update=True if lock else None)
    if row is None:
        raise NotFound(otherwise)
    return row

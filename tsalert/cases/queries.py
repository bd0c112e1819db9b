"""Reading cases and their money."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile
from tsalert.core.errors import NotFound


def get_case(session: Session, case_id: int, *, lock: bool = False) -> CaseFile:
    """Return one case, locked for a use case that decides on it.

    :raises NotFound: there is none.
    """
    found = select(CaseFile).where(CaseFile.id == case_id)
    case = session.scalar(found.with_for_update().execution_options(populate_existing=True) if lock else found)
    if case is None:
        raise NotFound("There is no such case.")
    return case

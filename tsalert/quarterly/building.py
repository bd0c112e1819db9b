"""One edition of a quarter's report, also where none is open yet, and a file put where somebody wants it."""

import errno
import os
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly import editions, opening, queries
from tsalert.quarterly.content import Report
from tsalert.quarterly.models import BoardReport
from tsalert.quarterly.vocabulary import Edition, Status
from tsalert.reports.memory import FiguresMemory


class Wanted(Struct, frozen=True):
    """Which report is wanted; the newest revision where none is named."""

    quarter: Period
    edition: Edition
    revision: int | None = None


def report_of(session: Session, wanted: Wanted, *, memory: FiguresMemory, now: datetime) -> Report:
    """Return a report as it stands.

    :raises RuleViolation: it is no quarter, or one that has not begun or lies before any records.
    :raises NotFound: there is no such revision.
    """
    opening.require_quarter(wanted.quarter, now=now)
    is_opened = wanted.revision is not None or queries.revisions_of(session, wanted.quarter)
    row = queries.get_report(session, wanted.quarter, wanted.revision) if is_opened else _unsaved(wanted.quarter, now)
    return editions.edition_of(session, row, wanted.edition, memory=memory, now=now)


def put(content: bytes, path: Path) -> None:
    """Write a file whole or not at all; what stood there stays until then, and so does a link to it.

    :raises OSError: it cannot be written there, or what stands there is no ordinary file, such as a device.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "It is no ordinary file")
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as half:
        written = Path(half.name)
        try:
            half.write(content)
            half.flush()
            os.fsync(half.fileno())
            written.replace(path)
        except BaseException:
            written.unlink(missing_ok=True)
            raise


def _unsaved(quarter: Period, now: datetime) -> BoardReport:
    """Return a draft of a report that nobody has opened; it is never kept."""
    row = BoardReport(quarter=quarter.label, first_day=quarter.first_day, last_day=quarter.last_day, revision=1)
    row.board, row.status, row.opened_at = opening.BOARD, Status.DRAFT, now
    return row

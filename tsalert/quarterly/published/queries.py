"""The published revisions of each quarter's report, and the public edition of one as it was frozen."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly import keeping
from tsalert.quarterly.addresses import slug_of
from tsalert.quarterly.content import Report
from tsalert.quarterly.models import BoardReport, BoardWithdrawal
from tsalert.quarterly.published.cleaning import as_published
from tsalert.quarterly.queries import withdrawals_of
from tsalert.quarterly.vocabulary import Edition, Status

_IS_PUBLISHED = BoardReport.status == Status.PUBLISHED
_IS_WITHDRAWN = exists().where(BoardWithdrawal.report_id == BoardReport.id)
_PUBLICATIONS = select(
    BoardReport.quarter, BoardReport.revision, BoardReport.public_reason, BoardReport.published_at
).where(_IS_PUBLISHED, ~_IS_WITHDRAWN)


class Revision(Struct, frozen=True):
    """One publication.

    :param mark: what tells it from every other. It is not worked out from what it says: what the board alone reads goes
        into the digest that was frozen, by which anybody could try numbers for hidden ones.
    """

    number: int
    reason: str
    published_at: datetime
    mark: str


class PublishedQuarter(Struct, frozen=True):
    """A quarter with its publications, the newest first."""

    quarter: Period
    revisions: tuple[Revision, ...]

    @property
    def slug(self) -> str:
        """How it stands in an address."""
        return slug_of(self.quarter)

    @property
    def newest(self) -> Revision:
        """The one that holds."""
        return self.revisions[0]

    def revision(self, number: int | None) -> Revision:
        """Return one of its publications, by default the one that holds.

        :raises NotFound: it was never published.
        """
        found = next((each for each in self.revisions if number in {None, each.number}), None)
        if found is None:
            raise NotFound("No such revision was published.")
        return found


def published_quarters(session: Session) -> Sequence[PublishedQuarter]:
    """Return the quarters of which a report is published, the latest first; without what the reports say.

    What was taken off the public pages is as if it had never been there.
    """
    rows = session.execute(_PUBLICATIONS.order_by(BoardReport.first_day.desc(), BoardReport.revision.desc()))
    found: dict[str, list[Revision]] = {}
    for label, number, reason, at in rows:
        assert at is not None  # the database has it with every publication
        found.setdefault(label, []).append(Revision(number, reason or "", at, _mark(label, number, at)))
    return [PublishedQuarter(parse_period(label), tuple(revisions)) for label, revisions in found.items()]


def _mark(*told: object) -> str:
    return sha256(" ".join(map(str, told)).encode()).hexdigest()


def get_published(session: Session, quarter: Period) -> PublishedQuarter:
    """Return the publications of one quarter.

    :raises NotFound: there is none.
    """
    found = next((each for each in published_quarters(session) if each.quarter == quarter), None)
    if found is None and withdrawals_of(session, quarter):
        raise NotFound(f"The report of {quarter.label} was taken off these pages. Another may follow.")
    if found is None:
        raise NotFound(f"No report of {quarter.label} is published.")
    return found


def public_edition(session: Session, quarter: Period, revision: Revision) -> Report:
    """Return what the public reads of a publication, from what was frozen and from nothing else."""
    same = (BoardReport.first_day == quarter.first_day, BoardReport.revision == revision.number)
    frozen = session.scalars(select(BoardReport.frozen).where(*same, _IS_PUBLISHED, ~_IS_WITHDRAWN)).one()
    editions = keeping.thaw(frozen or "", dict)
    return as_published(editions[Edition.PUBLIC.value])

"""How far the report of a quarter is, and what is still to do for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.periods import Period, parse_period
from tsalert.quarterly import editions, queries, restating, sources, texts
from tsalert.quarterly.content import Table
from tsalert.quarterly.models import BoardReport, BoardWithdrawal
from tsalert.quarterly.restating import Restated
from tsalert.quarterly.signing import Signature, holding
from tsalert.quarterly.sources import Missing
from tsalert.quarterly.texts import Place, Text
from tsalert.quarterly.vocabulary import Edition, SignatureRole, Status
from tsalert.reports.memory import FiguresMemory


class Task(Struct, frozen=True):
    """A step of a report's life; ``missing`` names what is still to do."""

    title: str
    is_done: bool
    missing: tuple[Missing, ...] = ()
    role: SignatureRole | None = None


class Standing(Struct, frozen=True):
    """A report with everything that its workbench shows.

    :param digest: what a signature stands for now; None in a draft.
    :param withdrawn: the revisions that were taken off the public pages, by their numbers.
    """

    row: BoardReport
    status: Status
    digest: str | None
    signatures: Sequence[Signature]
    texts: Mapping[Place, Text]
    tasks: Sequence[Task]
    revisions: Sequence[BoardReport]
    withdrawn: Mapping[int, BoardWithdrawal]

    @property
    def public_revisions(self) -> list[int]:
        """The revisions that everybody can read, the newest first."""
        public = [row.revision for row in self.revisions if row.status == Status.PUBLISHED]
        return [number for number in public if number not in self.withdrawn]

    @property
    def lapsed(self) -> list[SignatureRole]:
        """The capacities in which somebody signed, and nobody has signed what it says now."""
        given = {each.role for each in self.signatures}
        return [role for role in SignatureRole if role in given and role not in self.held]

    @property
    def is_written(self) -> bool:
        """True where no text, action or study is waited for any more."""
        return not any(task.missing for task in self.tasks)

    @property
    def held(self) -> Mapping[SignatureRole, Signature]:
        """The signatures that hold, by capacity."""
        return holding(self.signatures)


def standing_of(session: Session, quarter: Period, *, memory: FiguresMemory, now: datetime) -> Standing:
    """Return how far a quarter's newest revision is.

    :raises NotFound: no report of it was ever opened.
    """
    revisions = queries.revisions_of(session, quarter)
    row, withdrawn = queries.get_report(session, quarter), queries.withdrawals_of(session, quarter)
    written = texts.texts_of(session, quarter)
    if row.status == Status.DRAFT:
        tasks = [*_writing(session, quarter, written), *_signing(Status.DRAFT, {})]
        return Standing(row, Status.DRAFT, None, (), written, tasks, revisions, withdrawn)
    whole = editions.whole_of(session, row, memory=memory, now=now)
    tasks = [*_writing(session, quarter, written), *_signing(whole.status, holding(whole.signatures))]
    return Standing(row, whole.status, whole.digest, whole.signatures, written, tasks, revisions, withdrawn)


def status_of(session: Session, row: BoardReport, *, memory: FiguresMemory, now: datetime) -> Status:
    """Return how far a revision really is: signed only while both signatures hold."""
    status = Status.of(row.status)
    if status is not Status.SIGNED:
        return status
    return editions.whole_of(session, row, memory=memory, now=now).status


def differences(  # noqa: PLR0913 - two revisions, as one edition shows them
    session: Session,
    quarter: Period,
    *,
    edition: Edition,
    first: int | None,
    second: int | None,
    memory: FiguresMemory,
    now: datetime,
) -> tuple[Restated, ...]:
    """Return each cell that two revisions show otherwise.

    :param first: a revision, by default the newest.
    :param second: another one; None for what the records have now, which the public has no edition of.
    :raises NotFound: there is no such revision.
    """
    row = queries.get_report(session, quarter, first)
    if second is None:
        return _moved(session, row, now)
    rows = (row, queries.get_report(session, quarter, second))
    old, new = (editions.edition_of(session, each, edition, memory=memory, now=now) for each in rows)
    return restating.restated(old.tables(), new.tables())


def _moved(session: Session, row: BoardReport, now: datetime) -> tuple[Restated, ...]:
    """Return each figure that the records have otherwise now than a revision's board edition shows it."""
    memory = FiguresMemory()  # what another page read a minute ago is not what the records have now
    figures = sources.figures_of(session, memory, parse_period(row.quarter), now=now)
    present = [block for section in figures for block in section.blocks if isinstance(block, Table)]
    known = {table.key for table in present}
    shown = editions.edition_of(session, row, Edition.BOARD, memory=memory, now=now).tables()
    return restating.restated([table for table in shown if table.key in known], present)


def _writing(session: Session, quarter: Period, written: Mapping[Place, Text]) -> list[Task]:
    """Tell what is not written yet, and what is missing of what officers keep elsewhere."""
    unwritten = tuple(Missing(place.title, "text", (place.name,)) for place in texts.to_write(written))
    waiting = {"Write the texts": unwritten} | sources.waiting_for(session, quarter)
    return [Task(title, not missing, missing) for title, missing in waiting.items()]


def _signing(status: Status, held: Mapping[SignatureRole, Signature]) -> list[Task]:
    locked = Task("Lock the figures", status is not Status.DRAFT)
    signed = [Task(f"Sign: {role.label.lower()}", role in held, role=role) for role in SignatureRole]
    return [locked, *signed, Task("Publish", status is Status.PUBLISHED)]

"""Reading evidence; who may see a case may see what it rests on, and ``get_case`` alone decides that."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.vocabulary import Status
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.evidence.models import CustodyEvent, EvidenceFile, Exhibit


class OfCase(Struct, frozen=True):
    """The case that evidence belongs to."""

    id: int
    reference: str
    status: Status
    is_continued: bool = False

    @property
    def is_closed(self) -> bool:
        """True where nothing can be added any more, also since the case continues in another."""
        return self.status is Status.CLOSED or self.is_continued


class Held(Struct, frozen=True):
    """One exhibit with its files and its chain, in the order in which things happened."""

    row: Exhibit
    original: Exhibit | None
    files: list[EvidenceFile]
    chain: list[CustodyEvent]

    @property
    def superseded(self) -> frozenset[int]:
        """The entries that a later one took the place of."""
        return frozenset(link.supersedes_id for link in self.chain if link.supersedes_id is not None)

    @property
    def standing(self) -> list[CustodyEvent]:
        """The entries that count."""
        return [link for link in self.chain if link.id not in self.superseded]

    @property
    def last(self) -> CustodyEvent | None:
        """What happened to it last."""
        return self.standing[-1] if self.standing else None


class Dossier(Struct, frozen=True):
    """All evidence of a case; attachments are files that are no exhibit."""

    exhibits: list[Held]
    attachments: list[EvidenceFile]

    @property
    def labelled_files(self) -> list[tuple[str | None, EvidenceFile]]:
        """Every file with the reference of its exhibit; None for an attachment."""
        held: list[tuple[str | None, EvidenceFile]] = [
            (each.row.reference, file) for each in self.exhibits for file in each.files
        ]
        return held + [(None, file) for file in self.attachments]

    @property
    def to_open_with_care(self) -> int:
        """How many of the files may harm whoever opens them."""
        return sum(bool(file.cares) for _label, file in self.labelled_files)

    def stored_before(self, file: EvidenceFile) -> str | None:
        """Where the same bytes were stored earlier: the reference of an exhibit, or the name of a file."""
        same = (label or each.name for label, each in self.labelled_files if _is_earlier(each, file))
        return next(same, None)


def _is_earlier(one: EvidenceFile, other: EvidenceFile) -> bool:
    return one.id < other.id and one.sha256 == other.sha256


def get_case(session: Session, case_id: int, *, lock: bool = False) -> OfCase:
    """Return the case that evidence belongs to.

    :raises NotFound: there is none.
    """
    found = cases.get_case(session, case_id, lock=lock)
    return OfCase(found.id, found.reference, Status(found.status), found.continued_in_id is not None)


def dossier(session: Session, case_id: int) -> Dossier:
    """Return all evidence of a case, in four statements however much there is."""
    rows = exhibits(session, case_id)
    files = list(session.scalars(_files().where(EvidenceFile.case_id == case_id)))
    return Dossier(_hold(session, rows, files), [file for file in files if file.exhibit_id is None])


def held(session: Session, case_id: int, exhibit_id: int) -> Held:
    """Return one exhibit with its files and its chain.

    :raises NotFound: the case has none with that number.
    """
    row = get_exhibit(session, case_id, exhibit_id)
    files = list(session.scalars(_files().where(EvidenceFile.exhibit_id == row.id)))
    return _hold(session, [row], files)[0]


def exhibits(session: Session, case_id: int) -> list[Exhibit]:
    """Return the exhibits of a case in the order of their labels."""
    order = (Exhibit.initials, Exhibit.number)
    return list(session.scalars(select(Exhibit).where(Exhibit.case_id == case_id).order_by(*order)))


def get_exhibit(session: Session, case_id: int, exhibit_id: int, *, lock: bool = False) -> Exhibit:
    """Return one exhibit of a case; ``lock`` keeps others from adding to its chain meanwhile.

    :raises NotFound: the case has none with that number.
    """
    query = select(Exhibit).where(Exhibit.id == exhibit_id, Exhibit.case_id == case_id)
    found = session.scalar(query.with_for_update() if lock else query) if is_id(exhibit_id) else None
    if found is None:
        raise NotFound("There is no such exhibit in this case.")
    return found


def get_file(session: Session, case_id: int, file_id: int) -> EvidenceFile:
    """Return one file of a case.

    :raises NotFound: the case has none with that number.
    """
    query = select(EvidenceFile).where(EvidenceFile.id == file_id, EvidenceFile.case_id == case_id)
    found = session.scalar(query) if is_id(file_id) else None
    if found is None:
        raise NotFound("There is no such file in this case.")
    return found


def taken_numbers(session: Session, case_id: int, initials: str) -> list[int]:
    """Return the numbers that exhibits with some initials bear in a case."""
    query = select(Exhibit.number).where(Exhibit.case_id == case_id, Exhibit.initials == initials)
    return list(session.scalars(query))


def recorded_keys(session: Session, keys: Sequence[str]) -> set[str]:
    """Return those of some storage keys that belong to files of cases."""
    return set(session.scalars(select(EvidenceFile.storage_key).where(EvidenceFile.storage_key.in_(keys))))


def files_after(session: Session, file_id: int, size: int) -> list[tuple[EvidenceFile, str, Exhibit | None]]:
    """Return files of all cases in the order of their ids, each with its case's reference and its exhibit."""
    query = select(EvidenceFile, Exhibit).outerjoin(Exhibit, Exhibit.id == EvidenceFile.exhibit_id)
    rows = session.execute(query.where(EvidenceFile.id > file_id).order_by(EvidenceFile.id).limit(size)).all()
    references = cases.references(session, {file.case_id for file, _ in rows})
    return [(file, references[file.case_id], exhibit) for file, exhibit in rows]


def _hold(session: Session, rows: list[Exhibit], files: Iterable[EvidenceFile]) -> list[Held]:
    chains, own = defaultdict(list), defaultdict(list)
    ids = [row.id for row in rows]
    order = (CustodyEvent.occurred_at, CustodyEvent.id)
    for link in session.scalars(select(CustodyEvent).where(CustodyEvent.exhibit_id.in_(ids)).order_by(*order)):
        chains[link.exhibit_id].append(link)
    for file in files:
        own[file.exhibit_id].append(file)
    wanted = {row.original_id for row in rows if row.original_id is not None}
    originals = {row.id: row for row in session.scalars(select(Exhibit).where(Exhibit.id.in_(wanted)))}
    return [Held(row, originals.get(row.original_id or 0), own[row.id], chains[row.id]) for row in rows]


def _files() -> Select[EvidenceFile]:
    return select(EvidenceFile).order_by(EvidenceFile.id)

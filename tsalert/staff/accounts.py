"""Accounts as administrators see them: who works here, what each may do and until when, and how that came about."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import NotFound
from tsalert.staff.models import RUNNING, AccessChange, ApiToken, Officer, OfficerIdentity, Role, SignIn, officer_role
from tsalert.staff.queries import IS_PERSON, officer_names
from tsalert.staff.rules import RoleName, Standing, standing_of

_SHOWN = 100


class HeldRole(Struct, frozen=True):
    """A role that has not run out; it does at ``until``, never where that is None."""

    role: RoleName
    until: datetime | None

    @property
    def last_day(self) -> date | None:
        """The last London day on which it counts."""
        return _day_before(self.until)


class Account(Struct, frozen=True):
    """One officer's account; ``linked_at`` is since when single sign-on knows them."""

    id: int
    name: str
    email: str
    standing: Standing
    roles: tuple[HeldRole, ...]
    created_at: datetime
    left_at: datetime | None
    has_password: bool
    linked_at: datetime | None
    last_signed_in_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether they may sign in."""
        return self.standing in {Standing.ACTIVE, Standing.INVITED}


class ChangeRecord(Struct, frozen=True):
    """One change of access."""

    what: str
    role: RoleName | None
    until: datetime | None
    reason: str | None
    at: datetime
    by: str

    @property
    def last_day(self) -> date | None:
        """The last London day on which the role counts that was given."""
        return _day_before(self.until)


def list_accounts(session: Session) -> list[Account]:
    """Return every account of a person, those that may sign in first, by name."""
    roles = _roles(session)
    found = [_account(row, roles) for row in session.execute(_accounts())]
    return sorted(found, key=lambda each: (not each.is_active, each.name.casefold(), each.id))


def get_account(session: Session, officer_id: int) -> Account:
    """Return one account.

    :raises NotFound: there is no such officer.
    """
    row = session.execute(_accounts().where(Officer.id == officer_id)).first()
    if row is None:
        raise NotFound("There is no such officer.")
    return _account(row, _roles(session, officer_id))


def changes_of(session: Session, officer_id: int) -> list[ChangeRecord]:
    """Return how an officer's access changed, the latest first, at most a hundred changes."""
    names = officer_names(session)
    mine = select(AccessChange).where(AccessChange.officer_id == officer_id)
    rows = session.scalars(mine.order_by(AccessChange.at.desc(), AccessChange.id.desc()).limit(_SHOWN))
    return [
        ChangeRecord(
            what=row.what,
            role=RoleName(row.role) if row.role else None,
            until=row.until,
            reason=row.reason,
            at=row.at,
            by=names[row.by_officer_id] if row.by_officer_id else f"The service, by {row.via}",
        )
        for row in rows
    ]


def ended_suspensions(session: Session, officer_ids: Collection[int]) -> dict[int, tuple[datetime, datetime]]:
    """Return since when and until when officers were suspended the last time, by id; none of those who had left."""
    theirs = (AccessChange.officer_id.in_(officer_ids), AccessChange.what.in_(("suspended", "ended", "activated")))
    columns = select(AccessChange.officer_id, AccessChange.what, AccessChange.at)
    found: defaultdict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = session.execute(columns.where(*theirs).order_by(AccessChange.at, AccessChange.id))
    for officer_id, what, at in rows:
        found[officer_id].append((what, at))
    last = {number: changes[-2:] for number, changes in found.items()}
    return {
        number: (changes[0][1], changes[1][1])
        for number, changes in last.items()
        if [what for what, _ in changes] == ["suspended", "activated"]
    }


def count_tokens(session: Session, officer_id: int, *, now: datetime) -> int:
    """Return how many tokens of the API an officer holds that are still good."""
    good = (ApiToken.officer_id == officer_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > as_utc(now))
    return session.scalar(select(func.count()).select_from(ApiToken).where(*good)) or 0


def _day_before(end: datetime | None) -> date | None:
    return london_date(end - timedelta(microseconds=1)) if end else None


def _accounts() -> Select[Officer, OfficerIdentity | None, datetime | None]:
    last = select(func.max(SignIn.started_at)).where(SignIn.officer_id == Officer.id).scalar_subquery()
    linked = OfficerIdentity.officer_id == Officer.id
    return select(Officer, OfficerIdentity, last).outerjoin(OfficerIdentity, linked).where(IS_PERSON)


def _roles(session: Session, officer_id: int | None = None) -> Mapping[int, list[HeldRole]]:
    columns = (officer_role.c.officer_id, Role.name, officer_role.c.until)
    query = select(*columns).join(Role, Role.id == officer_role.c.role_id).where(RUNNING).order_by(Role.name)
    found: defaultdict[int, list[HeldRole]] = defaultdict(list)
    for holder, name, until in session.execute(query if officer_id is None else query.where(columns[0] == officer_id)):
        found[holder].append(HeldRole(RoleName(name), until))
    return found


def _account(
    row: tuple[Officer, OfficerIdentity | None, datetime | None], roles: Mapping[int, list[HeldRole]]
) -> Account:
    officer, identity, last = row
    has_way_in = bool(officer.password) or identity is not None
    return Account(
        id=officer.id,
        name=officer.name,
        email=officer.email,
        standing=standing_of(is_active=officer.active, has_left=officer.left_at is not None, has_way_in=has_way_in),
        roles=tuple(roles.get(officer.id, ())),
        created_at=officer.created_at,
        left_at=officer.left_at,
        has_password=bool(officer.password),
        linked_at=identity.linked_at if identity else None,
        last_signed_in_at=last,
    )

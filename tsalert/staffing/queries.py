"""What officers hold that somebody must take over when they go."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.response.presence import attended_by
from tsalert.rota import calendars, presenting
from tsalert.rota.coverage import Slot
from tsalert.rota.models import Pattern
from tsalert.staff import accounts
from tsalert.staff.accounts import Account, ChangeRecord
from tsalert.staff.sign_ins import queries as sign_ins
from tsalert.staff.sign_ins.queries import SignInRecord


class Holdings(Struct, frozen=True):
    """What an officer holds; cases and incidents as (id, reference)."""

    incidents: Sequence[tuple[int, str]]
    cases: Sequence[tuple[int, str]]
    shifts: Sequence[Slot]
    patterns: Sequence[Pattern]

    @property
    def count(self) -> int:
        """How much there is to hand on; shifts that a pattern makes count with it."""
        return len(self.incidents) + len(self.cases) + len(self.shifts) + len(self.patterns)


class Officer(Struct, frozen=True):
    """All that administrators see of one officer."""

    account: Account
    changes: Sequence[ChangeRecord]
    sign_ins: Sequence[SignInRecord]
    tokens: int
    calendar_since: datetime | None
    holdings: Holdings


def get_officer(session: Session, officer_id: int, *, now: datetime) -> Officer:
    """Return one officer as administrators see them.

    :raises NotFound: there is no such officer.
    """
    return Officer(
        account=accounts.get_account(session, officer_id),
        changes=accounts.changes_of(session, officer_id),
        sign_ins=sign_ins.sign_ins_of(session, officer_id, now=now),
        tokens=accounts.count_tokens(session, officer_id, now=now),
        calendar_since=calendars.link_since(session, officer_id),
        holdings=holdings_of(session, officer_id, now=now),
    )


def holdings_of(session: Session, officer_id: int, *, now: datetime) -> Holdings:
    """Return what an officer holds: where they are out, what they run, and when they stand on the rota."""
    return Holdings(
        incidents=attended_by(session, officer_id),
        cases=cases.still_run_by(session, officer_id),
        shifts=presenting.own_slots(session, officer_id, now=now),
        patterns=[each for each in presenting.patterns(session, now=now) if each.officer_id == officer_id],
    )


def to_hand_on(session: Session, *, now: datetime) -> list[tuple[Account, Holdings]]:
    """Return those who cannot sign in any more and still hold something, by name."""
    gone = [each for each in accounts.list_accounts(session) if not each.is_active]
    found = [(each, holdings_of(session, each.id, now=now)) for each in gone]
    return [(account, held) for account, held in found if held.count]

"""What partners say of the readers they pass alerts on to."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from secrets import choice

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.bulk import add_many
from tsalert.core.clock import london_date
from tsalert.subscribers.models import Partner, PartnerDeclaration

# Letters and digits that nobody mistakes for one another when they read them out.
_LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"
_CODE_LENGTH = 8


class DeclaredVia(StrEnum):
    """Who told us."""

    CONTACT = "contact"
    OFFICER = "officer"
    IMPORT = "import"


class Declaration(Struct, frozen=True):
    """What one partner declared; a reach of None declares nothing, a day of None stands for today.

    :param officer_id: the officer who entered it, if one did.
    :param endpoint_id: the address at which a contact followed our link, if one did.
    """

    subscriber_id: int
    declared_reach: int | None
    basis: str | None
    declared_at: datetime | None
    via: DeclaredVia = DeclaredVia.IMPORT
    officer_id: int | None = None
    endpoint_id: int | None = None


def declare(session: Session, declarations: Sequence[Declaration], *, now: datetime) -> None:
    """Write down what partners declared; one heard of for the first time gets a code for its sign-ups. A step.

    The same reach without a day is no new declaration, and the earlier day stands; nor is the same told twice on one
    day, or what a file tells again of a day after which they told us more. Every declaration is also kept as it was
    made.
    """
    latest = {each.subscriber_id: each for each in declarations}
    known = _known(session, list(latest)) if latest else {}
    new = [_row(each, now) | {"code": _new_code()} for each in latest.values() if each.subscriber_id not in known]
    changed = [
        _row(each, now)
        for each in latest.values()
        if each.subscriber_id in known and _is_news(each, *known[each.subscriber_id])
    ]
    add_many(session, Partner, new)
    if changed:
        session.execute(update(Partner), changed)
    _keep(session, latest, [*new, *changed], now)


def _keep(
    session: Session, latest: dict[int, Declaration], written: Sequence[dict[str, object]], now: datetime
) -> None:
    """Add to the history what was written of those who declared anything."""
    said = {row["subscriber_id"]: row["declared_at"] for row in written if row["declared_at"] is not None}
    rows = [
        {
            "partner_id": each.subscriber_id,
            "reach": each.declared_reach,
            "basis": each.basis,
            "declared_at": said[each.subscriber_id],
            "via": each.via,
            "officer_id": each.officer_id,
            "endpoint_id": each.endpoint_id,
            "recorded_at": now,
        }
        for each in latest.values()
        if each.subscriber_id in said
    ]
    add_many(session, PartnerDeclaration, rows)


def _known(session: Session, subscriber_ids: list[int]) -> dict[int, tuple[int | None, str | None, datetime | None]]:
    columns = select(Partner.subscriber_id, Partner.declared_reach, Partner.basis, Partner.declared_at)
    rows = session.execute(columns.where(Partner.subscriber_id.in_(subscriber_ids)))
    return {subscriber_id: (reach, basis, at) for subscriber_id, reach, basis, at in rows}


def _is_news(told: Declaration, reach: int | None, basis: str | None, at: datetime | None) -> bool:
    """Tell whether a partner that we know declares something, given its last declaration."""
    if told.declared_reach is None:
        return False
    if told.declared_at is None or at is None:
        return told.declared_reach != reach
    is_of_the_day = london_date(told.declared_at) == london_date(at)
    is_same = (told.declared_reach, told.basis) == (reach, basis)
    return told.declared_at >= at and not (is_of_the_day and is_same)


def _row(declaration: Declaration, now: datetime) -> dict[str, object]:
    declares = declaration.declared_reach is not None
    return {
        "subscriber_id": declaration.subscriber_id,
        "declared_reach": declaration.declared_reach,
        "basis": declaration.basis if declares else None,
        "declared_at": (declaration.declared_at or now) if declares else None,
    }


def looks_like_code(word: str) -> bool:
    """Tell whether a word could be the code of a partner, ours or one that was mistyped; no word of English is so."""
    return len(word) == _CODE_LENGTH and set(word.upper()) <= set(_LETTERS)


def _new_code() -> str:
    return "".join(choice(_LETTERS) for _ in range(_CODE_LENGTH))

"""People whom no record names any more: a warning about them kept their name, and has ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.retention.reaching import is_erased, is_living, links, table
from tsalert.retention.rules import Facts, PersonFacts
from tsalert.retention.vocabulary import Root


def people_without_records(_before: datetime) -> Select[Any]:
    """Return people whose last record went while a warning about them was in force, and who have none in force now."""
    party, warning = table("party"), table("party_warning")
    about = warning.c.party_id == party.c.id
    named = (exists().where(table(entry.table).c[column] == party.c.id, is_living(entry)) for entry, column in links())
    reference = (literal(f"{Root.PARTY.label} ") + cast(party.c.id, String)).label("reference")
    return (
        select(
            party.c.id, reference, select(func.max(warning.c.ended_at)).where(about).scalar_subquery().label("ended_at")
        )
        .where(exists().where(about), ~exists().where(about, warning.c.ended_at.is_(None)))
        .where(~is_erased(Root.PARTY, party.c.id), *(~each for each in named))
        .order_by(party.c.id)
    )


def facts_of(_session: Session, rows: Sequence[Row[Any]]) -> dict[int, Facts]:
    """Return what decides of each of them."""
    return {row.id: PersonFacts(london_date(row.ended_at)) for row in rows}

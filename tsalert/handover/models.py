"""Handovers of incidents and cases, each with the pack that was offered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_LIVE = "state IN ('draft', 'offered')"
_OF_INCIDENT, _OF_CASE = text(f"{_LIVE} AND incident_id IS NOT NULL"), text(f"{_LIVE} AND case_id IS NOT NULL")
_OFFERED = text("state = 'offered'")


class Handover(Base):
    """One incident or case on its way to another body.

    ``pack`` is what was offered, word for word, from the offer on; ``digest`` is its SHA-256. ``answer_by`` is when an
    offer that nobody answered lapses. ``reason`` says why it was refused or taken back.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("(incident_id IS NULL) <> (case_id IS NULL)", name="of_one_thing"),
        CheckConstraint("(state = 'draft') = (offered_at IS NULL) OR state = 'withdrawn'", name="offered_with_time"),
        CheckConstraint("(offered_at IS NULL) = (digest IS NULL)", name="offered_with_pack"),
        CheckConstraint("state <> 'accepted' OR accepted_by IS NOT NULL", name="accepted_by_somebody"),
        Index("uq_handover_live_incident", "incident_id", unique=True, sqlite_where=_OF_INCIDENT,
              postgresql_where=_OF_INCIDENT),
        Index("uq_handover_live_case", "case_id", unique=True, sqlite_where=_OF_CASE, postgresql_where=_OF_CASE),
        Index("ix_handover_offered", "answer_by", sqlite_where=_OFFERED, postgresql_where=_OFFERED),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    body: Mapped[str]
    state: Mapped[str]
    facts: Mapped[str]
    risk: Mapped[str | None]
    actions: Mapped[str | None]
    told: Mapped[str | None]
    with_victim: Mapped[bool]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[datetime]
    offered_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    offered_at: Mapped[datetime | None]
    answer_by: Mapped[datetime | None]
    pack: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    accepted_by: Mapped[str | None]
    their_reference: Mapped[str | None]
    reason: Mapped[str | None]

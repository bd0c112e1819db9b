"""Bodies that we pass information to, and what was passed to each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class PartnerBody(Base):
    """A team outside this service, how it is reached, and when somebody last saw that it is right."""

    __tablename__ = "partner_body"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str | None]
    email: Mapped[str | None]
    note: Mapped[str | None]
    added_at: Mapped[datetime]
    verified_on: Mapped[date | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    verified_name: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Referral(Base):
    """Information about a case or an incident on its way to another body; the matter stays ours.

    ``pack`` is what was sent, word for word, from then on; ``digest`` is its SHA-256.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("(incident_id IS NULL) <> (case_id IS NULL)", name="of_one_thing"),
        CheckConstraint("(sent_at IS NULL) = (digest IS NULL)", name="sent_with_pack"),
        CheckConstraint("state NOT IN ('sent', 'acknowledged', 'ended') OR sent_at IS NOT NULL", name="sent_with_time"),
        CheckConstraint("NOT with_victim OR lawful_reason IS NOT NULL", name="victim_for_a_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[str]
    body: Mapped[str]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner_body.id"))
    state: Mapped[str]
    shared: Mapped[list[Any]] = mapped_column(JSON(none_as_null=True))
    with_victim: Mapped[bool]
    lawful_reason: Mapped[str | None]
    message: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    made_at: Mapped[datetime]
    means: Mapped[str | None]
    sent_to: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    pack: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    digest: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    their_reference: Mapped[str | None]
    outcome: Mapped[str | None]
    outcome_at: Mapped[datetime | None]
    reason: Mapped[str | None]

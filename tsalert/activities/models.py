"""Activities with wards, officers and channels; what stood before a correction; zones; recognition of callers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_NUMBERS = ("present", "trained", "refreshers", "champions", "leaflets")


class Activity(Base):
    """One talk, session, training, community day or campaign, as it stands now.

    ``intervention_reference`` names every version of the saving that was recorded from it, so it is no foreign key.
    """

    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="ends_after_start"),
        CheckConstraint(" AND ".join(f"({name} IS NULL OR {name} >= 0)" for name in _NUMBERS), name="numbers_positive"),
        CheckConstraint("(state = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled_for_a_reason"),
        CheckConstraint("state = 'held' OR intervention_reference IS NULL", name="saving_of_what_was_held"),
        Index("ix_activity_last_day", "last_day", "kind"),
        Index("ix_activity_first_day", "first_day", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str]
    title: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    place: Mapped[str | None]
    audience: Mapped[str | None]
    host: Mapped[str | None]
    topic: Mapped[str | None]
    given_by: Mapped[str | None]
    partners: Mapped[str | None]
    materials: Mapped[str | None]
    note: Mapped[str | None]
    present: Mapped[int | None]
    trained: Mapped[int | None]
    refreshers: Mapped[int | None]
    champions: Mapped[int | None]
    leaflets: Mapped[int | None]
    outcome: Mapped[str | None]
    cancelled_reason: Mapped[str | None]
    intervention_reference: Mapped[str | None] = mapped_column(unique=True)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class ActivityWard(Base):
    """A ward in which an activity takes place; none means everywhere."""

    __tablename__ = "activity_ward"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    ward_code: Mapped[str] = mapped_column(ForeignKey("ward.code"), primary_key=True, index=True)


class ActivityOfficer(Base):
    """An officer who takes part."""

    __tablename__ = "activity_officer"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True)


class ActivityChannel(Base):
    """A channel of a campaign, with how many people it reached once that was estimated."""

    __tablename__ = "activity_channel"
    __table_args__ = (
        CheckConstraint("reach IS NULL OR reach >= 0", name="reach_positive"),
        CheckConstraint("(reach IS NULL) = (how IS NULL)", name="reach_with_estimate"),
    )

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    reach: Mapped[int | None]
    how: Mapped[str | None]


class ActivityCorrection(Base):
    """What a held activity said before it was corrected, and why it was. Append-only."""

    __tablename__ = "activity_correction"
    __table_args__ = (UniqueConstraint("activity_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    version: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str]
    corrected_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    corrected_at: Mapped[datetime]


class ColdCallingZone(Base):
    """Streets whose residents said that they want no cold callers, from the day it was set up until it ended."""

    __tablename__ = "cold_calling_zone"
    __table_args__ = (
        CheckConstraint("ended_on >= set_up_on", name="ended_after_set_up"),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="ended_for_a_reason"),
        CheckConstraint("review_due_on >= set_up_on", name="reviewed_after_set_up"),
        CheckConstraint("homes >= 0 AND signs >= 0 AND stickers >= 0", name="numbers_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"), index=True)
    set_up_on: Mapped[date]
    review_due_on: Mapped[date]
    homes: Mapped[int]
    signs: Mapped[int]
    stickers: Mapped[int]
    contact: Mapped[str | None]
    note: Mapped[str | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None]


class ZonePostcode(Base):
    """A postcode of a zone, and the street that residents know it by."""

    __tablename__ = "zone_postcode"

    zone_id: Mapped[int] = mapped_column(ForeignKey("cold_calling_zone.id"), primary_key=True)
    postcode: Mapped[str] = mapped_column(primary_key=True, index=True)
    street: Mapped[str | None]


class ZoneEvent(Base):
    """What was done with a zone, when, and by whom. Append-only."""

    __tablename__ = "zone_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("cold_calling_zone.id"), index=True)
    act: Mapped[str]
    on_date: Mapped[date] = mapped_column(index=True)
    review_due_on: Mapped[date | None]
    note: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]


class Recognition(Base):
    """Thanks to somebody who rang, for one incident or case; ``name`` is as it stands on the certificate."""

    __tablename__ = "recognition"
    __table_args__ = (
        CheckConstraint("incident_id IS NOT NULL OR case_id IS NOT NULL", name="for_something"),
        CheckConstraint("presented_on >= decided_on", name="presented_after_decided"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_for_a_reason"),
        CheckConstraint("NOT may_be_named OR consent_on IS NOT NULL", name="named_with_consent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    words: Mapped[str]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    decided_on: Mapped[date]
    presented_on: Mapped[date | None] = mapped_column(index=True)
    presented_where: Mapped[str | None]
    may_be_named: Mapped[bool]
    consent_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    recorded_at: Mapped[datetime]

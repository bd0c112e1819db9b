"""Calls, incidents, their grades and clocks, and who attended when."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base
from tsalert.response.vocabulary import RemoteResolution, StartRule

_RUNNING = text("stopped_at IS NULL AND ended_at IS NULL")
_OPEN = text("closed_at IS NULL")
_OF_INCIDENT = text("incident_id IS NOT NULL")
_ATTENDING = text("cleared_at IS NULL")
_WAITING = text("disposition = 'waiting'")


class Call(Base):
    """One contact, as it was logged.

    ``received_at`` is the time that counts: the officer's own (``claimed_at``) where one was
    given, else when the form was opened (``opened_at``, the server's time). A call or text to the
    service's number is a row from the first ring, whose time counts, and waits to be written up.
    """

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_waiting", "disposition", "received_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_call_incident", "incident_id", "received_at", "disposition"),
        Index("ix_call_counted", "received_at", "line", "disposition"),
        Index(
            "ix_call_of_incident",
            "received_at",
            "incident_id",
            "disposition",
            "line",
            "source",
            sqlite_where=_OF_INCIDENT,
            postgresql_where=_OF_INCIDENT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    line: Mapped[str]
    source: Mapped[str | None]
    opened_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    caller_name: Mapped[str | None]
    phone: Mapped[str | None]
    phone_e164: Mapped[str | None] = mapped_column(index=True)
    is_safe_to_call_back: Mapped[bool | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    happening: Mapped[str | None]
    is_trader_on_site: Mapped[bool]
    trader: Mapped[str | None]
    money_state: Mapped[str]
    money_amount: Mapped[Decimal | None]
    is_vulnerable: Mapped[bool]
    has_threat: Mapped[bool]
    is_work_in_progress: Mapped[bool]
    told_999_at: Mapped[datetime | None]
    disposition: Mapped[str]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    incident_version: Mapped[int | None]
    logged_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class Grade(Base):
    """One version of a grade, in force from its date until the next of the same name; it never changes.

    ``stopped_by`` names the ways of resolving an incident without a visit that stop its clock;
    an officer on scene always does. ``pages`` says whether officers are woken for it.
    """

    __tablename__ = "grade"
    __table_args__ = (
        UniqueConstraint("name", "effective_from"),
        CheckConstraint("target_seconds > 0", name="target_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    target_seconds: Mapped[int | None]
    start_rule: Mapped[str] = mapped_column(default=StartRule.FIRST_CALL)
    stopped_by: Mapped[list[str]] = mapped_column(JSON, default=lambda: [how.value for how in RemoteResolution])
    pages: Mapped[bool] = mapped_column(default=False, server_default=false())
    effective_from: Mapped[datetime]
    reason: Mapped[str | None]


class Incident(Base):
    """One thing happening at one place to one household.

    ``version`` goes up with every change by a person; what each change left behind carries the
    version that it made. ``offered_to`` is the body that is asked to take it over and has not answered.
    """

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("closed_at IS NULL OR outcome IS NOT NULL", name="no_close_without_outcome"),
        Index("ix_incident_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    category: Mapped[str]
    kind: Mapped[str | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    ward_code: Mapped[str | None] = mapped_column(ForeignKey("ward.code"))
    state: Mapped[str]
    grade_id: Mapped[int | None] = mapped_column(ForeignKey("grade.id"))
    outcome: Mapped[str | None]
    outcome_note: Mapped[str | None]
    offered_to: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Grading(Base):
    """One decision on an incident's grade, kept for good."""

    __tablename__ = "grading"
    __table_args__ = (Index("ix_grading_incident_id", "incident_id", "grade_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    grade_id: Mapped[int] = mapped_column(ForeignKey("grade.id"))
    proposed: Mapped[str]
    reason: Mapped[str | None]
    basis: Mapped[str]
    facts_at: Mapped[datetime | None]
    graded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    graded_at: Mapped[datetime]
    version: Mapped[int | None]


class IncidentClock(Base):
    """One run against a target, which was copied from the grade; times in whole seconds."""

    __tablename__ = "incident_clock"
    __table_args__ = (
        UniqueConstraint("incident_id", "number"),
        CheckConstraint("due_at > started_at", name="due_after_start"),
        CheckConstraint("stopped_at >= started_at", name="stop_after_start"),
        CheckConstraint("ended_at >= started_at", name="end_after_start"),
        CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),
        Index("ix_incident_clock_running", "due_at", sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    number: Mapped[int]
    grade_id: Mapped[int] = mapped_column(ForeignKey("grade.id"))
    basis: Mapped[str]
    target_seconds: Mapped[int]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class Breach(Base):
    """The permanent fact that a target passed with nobody there; the database refuses to change or delete it."""

    __tablename__ = "breach"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("incident_clock.id"), unique=True)
    due_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Attendance(Base):
    """One officer's part in one incident, from setting out to leaving; coming back is another."""

    __tablename__ = "attendance"
    __table_args__ = (
        Index("ix_attendance_incident_id", "incident_id", "on_scene_at"),
        Index("ix_attendance_officer_id", "officer_id", "cleared_at"),
        Index(
            "uq_attendance_present",
            "incident_id",
            "officer_id",
            unique=True,
            sqlite_where=_ATTENDING,
            postgresql_where=_ATTENDING,
        ),
        CheckConstraint("on_scene_at >= en_route_at", name="scene_after_route"),
        CheckConstraint("cleared_at >= on_scene_at", name="cleared_after_scene"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"))
    en_route_at: Mapped[datetime | None]
    on_scene_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]


class Milestone(Base):
    """One step of an incident: when it is said to have happened, and when, by whom and how we were told.

    One that ``corrects_id`` another says when that step happened in truth. ``stopped_clock_id`` is the clock that a
    resolution without a visit stopped.
    """

    __tablename__ = "milestone"
    __table_args__ = (Index("uq_milestone_corrects_id", "corrects_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    attendance_id: Mapped[int | None] = mapped_column(ForeignKey("attendance.id"))
    step: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    source: Mapped[str]
    note: Mapped[str | None]
    version: Mapped[int | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    stopped_clock_id: Mapped[int | None] = mapped_column(ForeignKey("incident_clock.id"))


class BoardStamp(Base):
    """Stands for all that the live board shows; its single row is renewed in every transaction that changes it."""

    __tablename__ = "board_stamp"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[str]


class CallParty(Base):
    """A party's part in a call; when the call came in is copied, and follows where that is corrected."""

    __tablename__ = "call_party"
    __table_args__ = (Index("ix_call_party_party_id", "party_id", "received_at"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    received_at: Mapped[datetime]


class CallPlace(Base):
    """A key under which the place that a call tells of is found again."""

    __tablename__ = "call_place"
    __table_args__ = {"sqlite_with_rowid": False}

    key: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True, autoincrement=False, index=True)

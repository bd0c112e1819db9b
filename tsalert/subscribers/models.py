"""Residents and partners, their addresses, topics, subscriptions and consent."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base, BigId

_PAUSED = text("paused_until IS NOT NULL")
_OPEN = text("ended_at IS NULL")
_ENDED = text("ended_at IS NOT NULL")
_PARTNER = text("kind = 'partner'")
_BY_CODE = text("partner_code IS NOT NULL")
# The list is JSON, which the two databases look into with words of their own; as text they read alike.
_LARGE_PRINT = text("""CAST(formats AS TEXT) LIKE '%"large_print"%'""")
_UNCONFIRMED = text("confirmed_at IS NULL")


class Topic(Base):
    """Something to be alerted about; ``all`` stands for every topic."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    position: Mapped[int]


class Subscriber(Base):
    """A resident, or an organisation (its name is ``name``) that passes alerts on.

    ``partner_code`` is that of the partner who sent them.
    ``ward`` is the ward's code where the directory of wards knows it; no ward means alerts for every ward.
    While ``paused_until`` holds anything, whatever the hour, nothing is sent to them; the timetable empties it. Of an
    organisation it is the last of its contacts' own pauses, and those who have none still get everything.
    """

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("kind IN ('resident', 'partner')", name="kind_known"),
        # Who lives in a ward and gets alerts now is counted from this alone.
        Index("ix_subscriber_ward", "ward", "paused_until", "id"),
        Index("ix_subscriber_paused", "id", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
        Index("ix_subscriber_partner", "id", sqlite_where=_PARTNER, postgresql_where=_PARTNER),
        Index("ix_subscriber_partner_code", "partner_code", sqlite_where=_BY_CODE, postgresql_where=_BY_CODE),
        Index("ix_subscriber_large_print", "id", sqlite_where=_LARGE_PRINT, postgresql_where=_LARGE_PRINT),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    language: Mapped[str]
    ward: Mapped[str | None]
    postcode: Mapped[str | None]
    formats: Mapped[list[str]] = mapped_column(JSON)
    partner_code: Mapped[str | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]


class SubscriberWard(Base):
    """A ward about which somebody hears besides their own."""

    __tablename__ = "subscriber_ward"
    __table_args__ = (Index("ix_subscriber_ward_ward", "ward", "subscriber_id"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    ward: Mapped[str] = mapped_column(primary_key=True)


class SubscriberMerge(Base):
    """That an officer found two subscribers to be one person; append-only. ``merged_id`` is closed since."""

    __tablename__ = "subscriber_merge"
    __table_args__ = (CheckConstraint("into_id < merged_id", name="earlier_stays"),)

    merged_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True, autoincrement=False)
    into_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class SubscriberEndpoint(Base):
    """Who reads an address: one address may serve several people, and one person have several.

    ``paused_until`` is the pause of an organisation's contact, who reads this address.
    """

    __tablename__ = "subscriber_endpoint"
    __table_args__ = (
        Index("ix_subscriber_endpoint_paused", "paused_until", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
    )

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"), primary_key=True, index=True)
    channel: Mapped[str]
    paused_until: Mapped[datetime | None]


class Subscription(Base):
    """One topic that one person gets at one address, at one pace; never deleted, ended with a reason."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended_with_reason"),
        CheckConstraint("frequency IN ('immediate', 'daily', 'weekly')", name="frequency_known"),
        Index(
            "uq_subscription_open",
            "subscriber_id",
            "endpoint_id",
            "topic_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_subscription_subscriber", "subscriber_id", "endpoint_id"),
        Index("ix_subscription_ended", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
        # Whoever is counted for an alert is found here alone, without a look at the table.
        Index(
            "ix_subscription_audience",
            "topic_id",
            "frequency",
            "endpoint_id",
            "subscriber_id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"), index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    frequency: Mapped[str]
    source: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class ConsentEvent(Base):
    """One act of consent or its withdrawal; append-only. ``at`` is when it was given, as claimed.

    ``recorded_by`` is the officer who wrote it down, where one did.
    """

    __tablename__ = "consent_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    act: Mapped[str]
    method: Mapped[str]
    wording: Mapped[str]
    source: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))


class Partner(Base):
    """What a partner says of the readers it passes alerts on to; ``code`` marks its sign-ups."""

    __tablename__ = "partner"
    __table_args__ = (CheckConstraint("declared_reach >= 0", name="reach_not_negative"),)

    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), primary_key=True)
    declared_reach: Mapped[int | None]
    basis: Mapped[str | None]
    declared_at: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(unique=True)


class PartnerDeclaration(Base):
    """How many readers a partner said it passes alerts on to; append-only, the latest stands in ``partner`` too."""

    __tablename__ = "partner_declaration"
    __table_args__ = (
        CheckConstraint("reach >= 0", name="reach_not_negative"),
        CheckConstraint("via IN ('contact', 'officer', 'import')", name="via_known"),
        Index("ix_partner_declaration_partner_id", "partner_id", "declared_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"))
    reach: Mapped[int]
    basis: Mapped[str | None]
    declared_at: Mapped[datetime]
    via: Mapped[str]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    endpoint_id: Mapped[int | None] = mapped_column(ForeignKey("endpoint.id"))
    recorded_at: Mapped[datetime]


class SignUp(Base):
    """What somebody asked for on the public site; nothing of it counts until the address confirms it."""

    __tablename__ = "sign_up"
    __table_args__ = (
        Index("ix_sign_up_endpoint", "endpoint_id", "asked_at"),
        Index("ix_sign_up_network", "network_digest", "asked_at"),
        Index("ix_sign_up_unconfirmed", "asked_at", sqlite_where=_UNCONFIRMED, postgresql_where=_UNCONFIRMED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("endpoint.id"))
    topics: Mapped[list[str]] = mapped_column(JSON)
    frequency: Mapped[str | None]
    formats: Mapped[list[str]] = mapped_column(JSON, default=list)
    postcode: Mapped[str | None]
    ward: Mapped[str | None]
    source: Mapped[str]
    partner_code: Mapped[str | None] = mapped_column(index=True)
    network_digest: Mapped[str | None]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class KeptCount(Base):
    """A count of the whole list that takes long, and the instant it is of; ``found`` is as its reader wrote it."""

    __tablename__ = "kept_count"
    __table_args__ = (CheckConstraint("what IN ('list', 'states', 'audiences')", name="what_known"),)

    what: Mapped[str] = mapped_column(primary_key=True)
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    counted_at: Mapped[datetime]
    took_ms: Mapped[int]

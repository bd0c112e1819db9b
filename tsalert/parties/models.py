"""Parties, their names and identifiers, what was decided of them, and warnings."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_CURRENT = text("undone_at IS NULL")


class Party(Base):
    """A person or business as it became known once.

    Parties that officers held to be the same share an identity: the lowest id among them, where
    None means its own. It only follows from the decisions, and is kept so that a look-up need not
    walk along them.
    """

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), index=True)
    created_at: Mapped[datetime]


class PartyName(Base):
    """One name of a party, as given and folded; the first is its name, the others are aliases."""

    __tablename__ = "party_name"
    __table_args__ = (UniqueConstraint("party_id", "folded"), Index("ix_party_name_folded", "folded", "party_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str]
    folded: Mapped[str]


class PartyNameKey(Base):
    """A key under which a name is kept, so that those like it are found without reading every name."""

    __tablename__ = "party_name_key"
    __table_args__ = {"sqlite_with_rowid": False}

    key: Mapped[str] = mapped_column(primary_key=True)
    name_id: Mapped[int] = mapped_column(ForeignKey("party_name.id"), primary_key=True, autoincrement=False)


class PartyIdentifier(Base):
    """Something by which a party can be known again, as given and as compared."""

    __tablename__ = "party_identifier"
    __table_args__ = (
        UniqueConstraint("kind", "normal", "party_id"),
        Index("ix_party_identifier_party_id", "party_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str]
    raw: Mapped[str]
    normal: Mapped[str]
    first_seen_at: Mapped[datetime]


class PartyKnowledge(Base):
    """One act by which an officer added something that a party is known by, or took it back; never changed."""

    __tablename__ = "party_knowledge"
    __table_args__ = (CheckConstraint("is_taken_back OR source IS NOT NULL", name="added_from_somewhere"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    kind: Mapped[str]
    raw: Mapped[str]
    normal: Mapped[str]
    is_taken_back: Mapped[bool]
    source: Mapped[str | None]
    reason: Mapped[str | None]
    told_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    told_at: Mapped[datetime]


class PartyLink(Base):
    """One decision that two parties are the same, or are not; it is undone, never deleted."""

    __tablename__ = "party_link"
    __table_args__ = (
        CheckConstraint("low_id < high_id", name="two_parties_in_order"),
        CheckConstraint("verdict IN ('same', 'different')", name="verdict_is_known"),
        Index(
            "uq_party_link_current", "low_id", "high_id", unique=True, sqlite_where=_CURRENT, postgresql_where=_CURRENT
        ),
        Index("ix_party_link_high_id", "high_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    low_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    high_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    verdict: Mapped[str]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    decided_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    undone_at: Mapped[datetime | None]


class PartyWarning(Base):
    """What officers must know before they deal with a party; it shows until somebody ends it."""

    __tablename__ = "party_warning"
    __table_args__ = (CheckConstraint("(ended_at IS NULL) = (end_reason IS NULL)", name="end_has_reason"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    text: Mapped[str]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    written_at: Mapped[datetime]
    review_on: Mapped[date]
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    reviewed_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class LookUp(Base):
    """That a form looked for matches, once for each form; the trail tells of it once for the same reason."""

    __tablename__ = "party_look_up"

    form: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]

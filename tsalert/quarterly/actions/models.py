"""Priority actions, the words for how far one stands, and what was told of each quarter: all only ever added to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base


class BoardAction(Base):
    """That there is an action; what it says stands in its versions."""

    __tablename__ = "board_action"

    id: Mapped[int] = mapped_column(primary_key=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    added_at: Mapped[datetime]


class BoardActionVersion(Base):
    """What an action says in the quarters that begin on ``first_day`` or later. Append-only.

    Of several that begin with the same quarter the newest holds. ``is_from_records`` offers its writer the service's
    own figures of the quarter; one that ``is_retired`` is reported no more.
    """

    __tablename__ = "board_action_version"
    __table_args__ = (CheckConstraint("number >= 1", name="number_counted"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("board_action.id"), index=True)
    number: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    lead: Mapped[str]
    is_from_records: Mapped[bool]
    is_retired: Mapped[bool]
    first_day: Mapped[date]
    reason: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    set_at: Mapped[datetime]


class BoardActionStatus(Base):
    """One of the board's words, as it is read in the quarters that begin on ``first_day`` or later. Append-only.

    ``name`` is what updates keep, whatever the word becomes; ``place`` is where it stands in the list.
    """

    __tablename__ = "board_action_status"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    word: Mapped[str]
    place: Mapped[int]
    is_retired: Mapped[bool]
    first_day: Mapped[date]
    reason: Mapped[str]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    set_at: Mapped[datetime]


class BoardActionUpdate(Base):
    """What is told of an action for a quarter. Append-only: each saving is a version, and the newest holds."""

    __tablename__ = "board_action_update"
    __table_args__ = (
        UniqueConstraint("action_id", "first_day", "version"),
        CheckConstraint("version >= 1", name="version_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("board_action.id"))
    first_day: Mapped[date]
    version: Mapped[int]
    status: Mapped[str]
    text: Mapped[str]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    written_at: Mapped[datetime]

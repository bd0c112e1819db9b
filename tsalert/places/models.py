"""Wards, postcodes through time, names of areas, borders and whom we know beyond them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tsalert.db import Base

_STANDING = text("ended_at IS NULL")
_IN_USE = text("until IS NULL AND ended_on IS NULL")


class Ward(Base):
    """One ward of the authority."""

    __tablename__ = "ward"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Area(Base):
    """The name of a ward or an authority anywhere in the country."""

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class PostcodePlace(Base):
    """Where a postcode lay from one day until another; one that moved to another ward or authority has several rows.

    ``until`` is the first day on which it no longer held, None for the row that stands. ``cell`` is the square of
    ``grid.py`` in which the centroid lies.
    """

    __tablename__ = "postcode_place"
    __table_args__ = (
        Index("ix_postcode_place_cell", "cell", sqlite_where=_IN_USE, postgresql_where=_IN_USE),
        CheckConstraint("(lat IS NULL) = (cell IS NULL) AND (long IS NULL) = (cell IS NULL)", name="place_is_whole"),
        {"sqlite_with_rowid": False},
    )

    postcode: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]
    ended_on: Mapped[date | None]
    authority_code: Mapped[str | None]
    ward_code: Mapped[str | None]
    lat: Mapped[float | None] = mapped_column(Float(53))
    long: Mapped[float | None] = mapped_column(Float(53))
    cell: Mapped[int | None]


class PlaceImport(Base):
    """How far the import of one edition of the directory has come; known by the digest of its file."""

    __tablename__ = "place_import"

    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    edition: Mapped[date]
    bytes_done: Mapped[int] = mapped_column(BigInteger)
    lines_done: Mapped[int]
    added: Mapped[int]
    moved: Mapped[int]
    changed: Mapped[int]
    bad: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BorderException(Base):
    """A postcode of which the map says too little: somebody asks the caller, for the reason written down."""

    __tablename__ = "border_exception"
    __table_args__ = (
        Index(
            "uq_border_exception_standing",
            "postcode",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    postcode: Mapped[str]
    reason: Mapped[str]
    listed_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    listed_name: Mapped[str]
    listed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Neighbour(Base):
    """Another authority's trading standards: how to reach them, and when somebody last saw that it is right."""

    __tablename__ = "neighbour"

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    hours: Mapped[str | None]
    added_on: Mapped[date]
    verified_on: Mapped[date | None]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("officer.id"))
    verified_name: Mapped[str | None]
    reminded_at: Mapped[datetime | None]

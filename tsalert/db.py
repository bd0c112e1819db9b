"""The database: types that keep time and money exact, and the only commit in the program.

It knows no table of any capability but the one that stops a form from counting twice.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Table,
    Text,
    cast,
    event,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import Numeric, TypeDecorator, TypeEngine

from tsalert.core.clock import utc_now
from tsalert.core.errors import AlreadyDone
from tsalert.core.money import exact, pence
from tsalert.letting_go import LettingGoSession
from tsalert.write_turns import take_turn

TWICE = "We already have this: it was sent twice and counted once."
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# An integer key that SQLite still treats as its rowid.
BigId = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: stored in UTC, always read back with its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What it is in the program."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a time without a zone is a fault of the program, never of the user."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a naive time reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's zoneless times their zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """Pounds as Decimal in the program, whole pence in the database; sums stay exact on SQLite too."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Store pence.

        :raises RuleViolation: the amount holds a fraction of a penny.
        :raises TypeError: it is a float.
        """
        return None if value is None else pence(value)

    def process_result_value(self, value: int | Decimal | None, dialect: Dialect) -> Decimal | None:
        """Return pounds; a SQL sum arrives here too, as Decimal on PostgreSQL."""
        return None if value is None else (Decimal(value) / 100).quantize(Decimal("0.01"))


class ExactDecimal(TypeDecorator[Decimal]):
    """A number of any scale, such as a rate or a share; text on SQLite, which has only floats."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose text for SQLite, an unbounded numeric elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else postgresql.NUMERIC())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """Write the digits as they are.

        :raises TypeError: it is a float.
        """
        if value is None:
            return None
        return str(exact(value)) if dialect.name == "sqlite" else exact(value)

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        """Read the digits back."""
        return None if value is None else Decimal(value)


class Base(DeclarativeBase):
    """Base of every model: text has no length limit, times carry their zone, money is exact."""

    registry = registry(
        metadata=MetaData(naming_convention=_NAMES),
        type_annotation_map={str: Text(), StrEnum: Text(), datetime: UTCDateTime(), Decimal: Money()},
    )


class Submission(Base):
    """One form or API request that was carried out; its key makes a second copy harmless.

    ``digest`` tells a copy from other content under the same key; None where it was sent before that was kept.
    """

    __tablename__ = "submission"

    key: Mapped[str] = mapped_column(primary_key=True)
    location: Mapped[str | None]
    made_at: Mapped[datetime]
    digest: Mapped[str | None]


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": LettingGoSession})


@contextmanager
def transaction(*, is_beforehand: bool = False) -> Iterator[Session]:
    """Run one use case in one transaction: commit at the end, roll back on any error.

    What was read before is let go first, so that SQLite takes its write lock before the first read. A submission key
    that the request carried is written with the work; a change that names what it was made on (web/conditional.py) is
    held against what stands in this same transaction.

    :param is_beforehand: it prepares a use case, whose own transaction is the one that takes what the request carried.
    :raises RuntimeError: when nested, since the inner block would commit the outer's work.
    :raises AlreadyDone: this submission key was carried out before.
    """
    session = db.session()
    if session.info.get("in_use_case"):
        raise RuntimeError("a use case must not call another; share its step instead")
    session.info["in_use_case"] = True
    try:
        session.rollback()
        carried = {} if is_beforehand else session.info
        precondition = carried.pop("precondition", None)
        session.connection(execution_options={"tsalert_writes": True})
        _claim_submission(session, carried.pop("submission", None))
        if precondition is not None:
            precondition()
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["in_use_case"] = False


def _claim_submission(session: Session, claim: tuple[str, str | None, datetime] | None) -> None:
    if claim is None:
        return
    key, digest, made_at = claim
    session.add(Submission(key=key, location=None, made_at=made_at, digest=digest))
    try:
        session.flush()
    except IntegrityError as error:
        raise AlreadyDone(TWICE) from error


def is_repeated(error: IntegrityError) -> bool:
    """Tell whether a row was refused because there is one like it, which somebody else wrote meanwhile."""
    names = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
    told = error.orig
    return getattr(told, "sqlstate", None) == "23505" or getattr(told, "sqlite_errorname", None) in names


def database_now(session: Session) -> datetime:
    """Return the present instant by the database's own clock, the one that every process shares."""
    if session.get_bind().dialect.name == "postgresql":
        return session.scalars(select(func.clock_timestamp(type_=UTCDateTime()))).one()
    written = session.scalars(select(func.strftime("%Y-%m-%dT%H:%M:%f+00:00", "now", type_=Text()))).one()
    return datetime.fromisoformat(written)


def shared_now(session: Session) -> datetime:
    """Return the present instant by the clock that all senders share: PostgreSQL's, or that of SQLite's one machine."""
    return database_now(session) if session.get_bind().dialect.name == "postgresql" else utc_now()


def not_wait_for_disk(session: Session) -> None:
    """Let this transaction's commit return at once: where the machine dies in that moment it may be lost, alone."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL synchronous_commit TO off"))


def give_way(session: Session) -> None:
    """Let this transaction fail where it would wait long for rows of others, who may be waiting for what it holds."""
    if session.get_bind().dialect.name == "postgresql":
        # Before the database looks for who waits in a circle, and ends one of them.
        session.execute(text("SET LOCAL lock_timeout TO '500ms'"))


def take_turns(session: Session, number: int | ColumnElement[int]) -> None:
    """Hold the turn of a number, which one transaction has at a time, until this one ends; SQLite queues by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(number)))


def utc_hour(session: Session, instant: ColumnElement[datetime]) -> ColumnElement[int]:
    """Return the expression for the hour of an instant in UTC, 0 to 23."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.extract("hour", func.timezone("UTC", instant)), Integer)
    return cast(func.strftime("%H", instant), Integer)


def insert_into(session: Session, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT in the database's own dialect, which can say what happens to rows that exist already."""
    return (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(model)


def insert_ignoring_conflicts(session: Session, model: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that passes over rows which exist already."""
    return insert_into(session, model).on_conflict_do_nothing()


def new_ids(session: Session, model: type[Base], count: int) -> Sequence[int]:
    """Return ids for rows to be added in this use case, so that they need not be asked for one by one."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.nextval(func.pg_get_serial_sequence(model.__tablename__, "id"), type_=Integer)
        return session.scalars(select(sequence).select_from(func.generate_series(1, count))).all()
    table: Table = model.metadata.tables[model.__tablename__]
    last = session.scalar(select(func.max(table.c.id))) or 0  # nobody else writes meanwhile
    return range(last + 1, last + 1 + count)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Wait for locks, keep foreign keys, write ahead, leave nothing readable of what is deleted."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None  # SQLAlchemy says when a transaction begins
    connection.create_function("lower", 1, lambda words: words and words.lower(), deterministic=True)  # not A-Z alone
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout = 10000",
        "foreign_keys = ON",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, _record: object) -> None:
    """Plan each statement for its own values: one plan for all words or all states reads whole tables for the rare."""
    if not type(connection).__module__.startswith("psycopg"):
        return
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Take SQLite's write lock at once for a use case, so that it never fails half-way."""
    if connection.dialect.name != "sqlite":
        return
    if not connection.get_execution_options().get("tsalert_writes"):
        connection.exec_driver_sql("BEGIN")
        return
    raw: Any = connection.connection.driver_connection
    try:
        take_turn(raw)
    except sqlite3.OperationalError as error:
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error

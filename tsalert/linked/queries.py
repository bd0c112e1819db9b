"""Finding linked authorities, their keys and ours."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound, Unavailable
from tsalert.core.keys import is_id
from tsalert.linked.models import LinkedAuthority, LinkedKey, SigningKey
from tsalert.linked.rules import Standing, fingerprint_of, is_invented


class KeyView(Struct, frozen=True):
    """A key of another authority."""

    id: int
    fingerprint: str
    public: str
    trusted_at: datetime
    revoked_at: datetime | None
    reason: str | None


class AuthorityView(Struct, frozen=True):
    """A linked authority; ``fault`` says why it could not be read when it was last looked at."""

    id: int
    name: str
    url: str
    made_at: datetime
    looked_at: datetime | None
    fault: str | None
    ended_at: datetime | None
    end_reason: str | None
    keys: Sequence[KeyView]


class OwnKeyView(Struct, frozen=True):
    """One of our keys."""

    id: int
    public: str
    fingerprint: str
    standing: Standing
    made_at: datetime
    ended_at: datetime | None
    reason: str | None


def list_authorities(session: Session) -> list[AuthorityView]:
    """Return every linked authority, those that have ended last."""
    order = (LinkedAuthority.ended_at.is_not(None), LinkedAuthority.name, LinkedAuthority.id)
    return [_authority(session, row) for row in session.scalars(select(LinkedAuthority).order_by(*order))]


def get_authority(session: Session, authority_id: int) -> AuthorityView:
    """Return one linked authority.

    :raises NotFound: there is none.
    """
    return _authority(session, get_row(session, authority_id))


def get_row(session: Session, authority_id: int, *, lock: bool = False) -> LinkedAuthority:
    """Return the row of one authority, locked for a use case that decides on it; others may point to it meanwhile.

    :raises NotFound: there is none.
    """
    query = select(LinkedAuthority).where(LinkedAuthority.id == authority_id)
    known = is_id(authority_id)
    found = session.scalar(query.with_for_update(key_share=True) if lock else query) if known else None
    if found is None:
        raise NotFound("There is no such authority.")
    return found


def standing_rows(session: Session) -> Sequence[LinkedAuthority]:
    """Return the authorities that are linked now."""
    standing = select(LinkedAuthority).where(LinkedAuthority.ended_at.is_(None))
    return session.scalars(standing.order_by(LinkedAuthority.name, LinkedAuthority.id)).all()


def to_ask(session: Session) -> list[tuple[int, str]]:
    """Return the number and address of every linked authority that there can be; invented ones are never asked."""
    return [(row.id, row.url) for row in standing_rows(session) if not is_invented(row.url)]


def names(session: Session) -> dict[int, str]:
    """Return the name of every authority that is or was linked."""
    return dict(session.execute(select(LinkedAuthority.id, LinkedAuthority.name)).all())


def find_key(session: Session, name: str) -> LinkedKey | None:
    """Return the key of an authority that is linked now, whether it was revoked or not."""
    standing = LinkedAuthority.ended_at.is_(None)
    query = select(LinkedKey).join(LinkedAuthority, LinkedAuthority.id == LinkedKey.authority_id)
    return session.scalar(query.where(LinkedKey.name == name, standing).limit(1))


def is_trusted(session: Session, key_id: int) -> bool:
    """Tell whether a key is one of an authority that is linked now, and was not revoked; always asked afresh."""
    standing = LinkedAuthority.ended_at.is_(None), LinkedKey.revoked_at.is_(None)
    query = select(LinkedKey.id).join(LinkedAuthority, LinkedAuthority.id == LinkedKey.authority_id)
    return session.scalar(query.where(LinkedKey.id == key_id, *standing)) is not None


def may_be_trusted(session: Session, name: str) -> bool:
    """Tell whether a key is new: of nobody who is linked now, and never revoked, even of a link that has ended."""
    barred = LinkedAuthority.ended_at.is_(None) | LinkedKey.revoked_at.is_not(None)
    query = select(LinkedKey.id).join(LinkedAuthority, LinkedAuthority.id == LinkedKey.authority_id)
    return session.scalar(query.where(LinkedKey.name == name, barred).limit(1)) is None


def keys_of(session: Session, authority_id: int) -> Sequence[LinkedKey]:
    """Return the keys of an authority, the newest first."""
    query = select(LinkedKey).where(LinkedKey.authority_id == authority_id).order_by(LinkedKey.id.desc())
    return session.scalars(query).all()


def own_keys(session: Session) -> list[OwnKeyView]:
    """Return our keys, the newest first."""
    return [_own(row) for row in session.scalars(select(SigningKey).order_by(SigningKey.id.desc()))]


def current_key(session: Session) -> SigningKey:
    """Return the key that signs now.

    :raises Unavailable: there is none.
    """
    standing = select(SigningKey).where(SigningKey.ended_at.is_(None))
    found = session.scalar(standing.order_by(SigningKey.id.desc()).limit(1))
    if found is None:
        raise Unavailable("We have no key to sign with. An administrator makes one on the page Linked authorities.")
    return found


def _authority(session: Session, row: LinkedAuthority) -> AuthorityView:
    return AuthorityView(
        id=row.id,
        name=row.name,
        url=row.url,
        made_at=row.made_at,
        looked_at=row.looked_at,
        fault=row.fault,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        keys=[
            KeyView(key.id, fingerprint_of(key.public), key.public, key.trusted_at, key.revoked_at, key.reason)
            for key in keys_of(session, row.id)
        ],
    )


def _own(row: SigningKey) -> OwnKeyView:
    standing = Standing.CURRENT if row.ended_at is None else Standing.FORMER
    if row.revoked_at is not None:
        standing = Standing.REVOKED
    fingerprint = fingerprint_of(row.public)
    return OwnKeyView(row.id, row.public, fingerprint, standing, row.made_at, row.ended_at, row.reason)

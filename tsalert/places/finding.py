"""Where a postcode is, on a day, and how near our border that is."""

from collections.abc import Collection
from datetime import date

from flask import current_app
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.places.grid import REACH, Point, cells_around, metres_between
from tsalert.places.models import Area, BorderException, Neighbour, PlaceImport, PostcodePlace, Ward
from tsalert.places.rules import Near, Standing


class Place(Struct, frozen=True):
    """Where a postcode lay on a day; names are None where no file of names was imported."""

    postcode: str
    authority_code: str | None
    authority: str | None
    ward_code: str | None
    ward: str | None
    point: Point | None
    ended_on: date | None


def own_authority() -> str:
    """Return the code of the authority that this service serves; empty where none is set."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.authority_code


def find_place(session: Session, postcode: str, *, on: date) -> Place | None:
    """Return where a postcode lay on a day; None where the directory does not hold it.

    A day before all that is known of it reads as the first that is.
    """
    row = _row_on(session, postcode, on)
    if row is None:
        return None
    names = _names(session, row.authority_code, row.ward_code)
    point = Point(row.lat, row.long) if row.lat is not None and row.long is not None else None
    return Place(
        row.postcode,
        row.authority_code,
        names.get(row.authority_code or ""),
        row.ward_code,
        names.get(row.ward_code or ""),
        point,
        row.ended_on,
    )


def own_ward(session: Session, postcode: str | None, *, on: date) -> str | None:
    """Return the ward of ours in which a postcode lay on a day; None where it lay in none that can be chosen."""
    row = _row_on(session, postcode, on) if postcode else None
    if row is None or row.ward_code is None or session.get(Ward, row.ward_code) is None:
        return None
    return row.ward_code


def own_wards(session: Session, postcodes: Collection[str], *, on: date) -> dict[str, str]:
    """Return the ward of ours of each postcode that lay in one on a day, in two statements whatever their number."""
    if not postcodes:
        return {}
    columns = (PostcodePlace.postcode, PostcodePlace.ward_code, PostcodePlace.since)
    wanted = select(*columns).where(PostcodePlace.postcode.in_(postcodes)).order_by(PostcodePlace.since)
    found: dict[str, str | None] = {}
    for postcode, ward_code, since in session.execute(wanted):
        if since <= on or postcode not in found:
            found[postcode] = ward_code
    ours = set(session.scalars(select(Ward.code)))
    return {postcode: ward_code for postcode, ward_code in found.items() if ward_code in ours and ward_code}


def stand(session: Session, postcode: str, *, own: str, on: date) -> Standing | None:
    """Say how a postcode stands to our border on a day; None where no directory was imported and nothing is listed."""
    place = find_place(session, postcode, on=on)
    reason = session.scalar(
        select(BorderException.reason).where(BorderException.postcode == postcode, BorderException.ended_at.is_(None))
    )
    if place is None and reason is None and not has_directory(session):
        return None
    if place is None:
        return Standing(postcode=postcode, is_known=False, listed=reason)
    neighbour = _contact(session, place.authority_code, own)
    return Standing(
        postcode=postcode,
        is_known=True,
        authority_code=place.authority_code,
        authority=place.authority,
        ward_code=place.ward_code,
        ward=place.ward,
        is_ours=place.authority_code == own if own and place.authority_code else None,
        ended_on=place.ended_on if place.ended_on and place.ended_on <= on else None,
        near=tuple(nearby_authorities(session, place, own=own)),
        listed=reason,
        contact=neighbour.name if neighbour else None,
        contact_phone=neighbour.phone if neighbour else None,
    )


def nearby_authorities(session: Session, place: Place, *, own: str) -> list[Near]:
    """Return the other authorities with a centroid nearer than the reach, the nearest first.

    Of an address of ours that is any other authority; of another's, whether ours is near.
    """
    if place.point is None or place.authority_code is None:
        return []
    others = PostcodePlace.authority_code != place.authority_code
    nearest: dict[str, float] = {}
    columns = (PostcodePlace.authority_code, PostcodePlace.lat, PostcodePlace.long)
    standing = (PostcodePlace.until.is_(None), PostcodePlace.ended_on.is_(None), others)
    around = select(*columns).where(PostcodePlace.cell.in_(cells_around(place.point)), *standing)
    for code, lat, long in session.execute(around):
        assert code is not None  # it differs from a code, which nothing unknown does
        assert lat is not None  # a square has its point
        assert long is not None
        metres = metres_between(place.point, Point(lat, long))
        nearest[code] = min(metres, nearest.get(code, metres))
    names = _names(session, *nearest)
    within = sorted((metres, code) for code, metres in nearest.items() if metres < REACH)
    return [Near(code, names.get(code), round(metres), is_ours=code == own) for metres, code in within]


def has_directory(session: Session) -> bool:
    """Tell whether a directory was imported to its end."""
    return session.scalar(select(PlaceImport.digest).where(PlaceImport.finished_at.is_not(None)).limit(1)) is not None


def _row_on(session: Session, postcode: str, on: date) -> PostcodePlace | None:
    rows = session.scalars(select(PostcodePlace).where(PostcodePlace.postcode == postcode)).all()
    known = sorted(rows, key=lambda row: row.since)
    begun = [row for row in known if row.since <= on]
    return begun[-1] if begun else next(iter(known), None)


def _names(session: Session, *codes: str | None) -> dict[str, str]:
    wanted = [code for code in codes if code]
    return dict(session.execute(select(Area.code, Area.name).where(Area.code.in_(wanted))).all()) if wanted else {}


def _contact(session: Session, code: str | None, own: str) -> Neighbour | None:
    if code is None or code == own:
        return None
    return session.scalar(select(Neighbour).where(Neighbour.authority_code == code))

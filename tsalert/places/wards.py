"""Names of wards and authorities, and which wards are ours to choose from."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.core.records import Record, require_text
from tsalert.db import insert_into, transaction
from tsalert.places.models import Area, PostcodePlace, Ward

EXPECTED = "WD25CD,WD25NM or LAD25CD,LAD25NM or CTY25CD,CTY25NM (of any year)"
_TITLE = re.compile(r"((?:wd|lad|cty)\d\d)(cd|nm)", re.ASCII)
_CODE = re.compile(r"[A-Z]\d{8}", re.ASCII)
_BATCH = 2000
_LONGEST_NAME = 100


class NamesReport(Struct, frozen=True):
    """What a file of names held; ``wards`` counts those of our own that can now be chosen."""

    names: int
    bad: int
    wards: int


def import_names(lines: Iterable[str], *, own: str, actor: Actor, now: datetime) -> NamesReport:
    """Keep the names of areas from a file of the ONS: of wards, of authorities, of counties, or of several at once.

    :param own: the code of this authority.
    :raises RuleViolation: the file has another layout.
    """
    actor.require(Permission.MANAGE_RESPONSE)
    reader = csv.reader(lines)
    header = _next_row(reader) or []
    require_text(Record(1, tuple(header)))
    pairs = _pairs(header)
    found = _names(reader, pairs)
    names = bad = 0
    while batch := list(islice(found, _BATCH)):
        good = {code: name for code, name in batch if _is_name(code, name)}
        with transaction() as session:
            _keep(session, good)
            audit.record(session, actor, "names imported", "area", None, now=now, count=len(good))
        names, bad = names + len(good), bad + sum(not _is_name(code, name) for code, name in batch)
    with transaction() as session:
        return NamesReport(names, bad, adopt_own_wards(session, own, actor=actor, now=now))


def adopt_own_wards(session: Session, own: str, *, actor: Actor, now: datetime) -> int:
    """Let officers choose from every ward of this authority whose name is known, under its present name; a step.

    A ward that is no more stays, since what happened in it did. Returns how many are new or named anew.
    """
    if not own:
        return 0
    ours = select(PostcodePlace.ward_code).where(
        PostcodePlace.authority_code == own, PostcodePlace.until.is_(None), PostcodePlace.ended_on.is_(None)
    )
    present = dict(session.execute(select(Ward.code, Ward.name)).all())
    named = session.execute(select(Area.code, Area.name).where(Area.code.in_(ours.distinct())))
    changed = [(code, name) for code, name in named if present.get(code) != name]
    for code, name in changed:
        session.merge(Ward(code=code, name=name))
    if changed:
        audit.record(session, actor, "wards adopted", "ward", None, now=now, count=len(changed))
    return len(changed)


def _pairs(header: Sequence[str]) -> list[tuple[int, int]]:
    """Return where a code and its name stand, for each kind of area that the file holds."""
    places: dict[str, dict[str, int]] = {}
    for place, title in enumerate(header):
        found = _TITLE.fullmatch(title.strip().strip("\ufeff").lower())
        if found:
            places.setdefault(found[1], {})[found[2]] = place
    pairs = [(each["cd"], each["nm"]) for each in places.values() if len(each) == 2]
    if not pairs:
        raise RuleViolation(f"This is no file of names. Its first line must hold {EXPECTED}.")
    return pairs


def _names(reader: Iterator[list[str]], pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    while (row := _next_row(reader)) is not None:
        for code, name in pairs:
            if max(code, name) >= len(row) > 0:
                yield "", ""
            elif row and (row[code].strip() or row[name].strip()):
                yield row[code].strip(), row[name].strip()


def _next_row(reader: Iterator[list[str]]) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error:
        return ["?"]


def _is_name(code: str, name: str) -> bool:
    return bool(_CODE.fullmatch(code)) and 0 < len(name) <= _LONGEST_NAME and name.isprintable()


def _keep(session: Session, names: dict[str, str]) -> None:
    if not names:
        return
    values = [{"code": code, "name": name} for code, name in names.items()]
    new = insert_into(session, Area)
    session.execute(new.on_conflict_do_update(index_elements=["code"], set_={"name": new.excluded.name}), values)

"""A name that was typed into every box is nowhere any more once its time is over: in no table and in no file."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select

from tests.conftest import PASSWORD
from tests.retention.casework import Casework
from tests.retention.conftest import CANARY, POSTCODE, THEN, Desk, Story, advice_call, desk_of
from tsalert.config import Settings, sqlite_path
from tsalert.core.actors import Actor, Via
from tsalert.db import Base, db
from tsalert.retention.held.entries import Treatment
from tsalert.retention.held.register import REGISTER
from tsalert.retention.reaching import table
from tsalert.retention.vocabulary import Root
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

# Every way in which what was typed might be kept: as it is, folded, or as digits.
TRACES = (CANARY.casefold(), POSTCODE.casefold(), POSTCODE.replace(" ", "").casefold(), "7700900987", "7700 900987")
# Not filled in by the story: who is sent what is erased with the subscriber, and requests have tests of their own.
ELSEWHERE = {
    "access_request", "access_review", "subscriber", "partner_contact", "partner_profile", "endpoint", "sent_message",
    "sign_up", "inbound_message", "inbound_mail",
    "telephone_recording", "page_event",
}  # fmt: skip


def test_a_name_typed_into_every_box_is_in_no_table_and_no_file_after_its_time(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        desk = desk_of(made)
        actor = made(RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER, name="Dee Example")
        Story(actor, desk.manager, Casework(actor, desk.manager)).tell()
        advice_call(actor)
        db.session.commit()
        assert empty_boxes() == set()
        assert CANARY.casefold() in "".join(everything_kept(fresh_app))
        erase(desk)
        left = [place for place in everything_kept(fresh_app) if any(trace in place for trace in TRACES)]
        assert left == [], "\n".join(each[:200] for each in left)


def erase(desk: Desk) -> None:
    """Carry out one run, after which nothing is due."""
    run_id = desk.erase()
    erased = table("erased_record")
    found = set(db.session.scalars(select(erased.c.subject).where(erased.c.run_id == run_id)))
    assert found == {Root.CALL, Root.INCIDENT, Root.CASE, Root.PARTY, Root.INTERVENTION, Root.INTELLIGENCE_NOTE}
    db.session.commit()


def made(*roles: RoleName, name: str) -> Actor:
    """Make an officer."""
    email = f"{name.split(maxsplit=1)[0].casefold()}@example.org"
    staff.create_officer(email, name=name, roles=list(roles), password=PASSWORD, now=THEN)
    return staff_queries.actor_of(staff_queries.get_officer(db.session(), email), Via.PAGE)


def empty_boxes() -> set[str]:
    """Return the boxes that take words of people and in which the story wrote nothing."""
    found: set[str] = set()
    for entry in REGISTER.values():
        names = [*entry.of(Treatment.PERSON), *entry.of(Treatment.WORDS)]
        if entry.table in ELSEWHERE or not names:
            continue
        rows = db.session.execute(select(*(table(entry.table).c[name] for name in names))).all()
        found |= {
            f"{entry.table}.{name}"
            for place, name in enumerate(names)
            if not any(trace in str(row[place]).casefold() for row in rows for trace in (*TRACES, "7700"))
        }
    return found - {"party_name_key.key", "call_place.key", "telephone_event.number", "telephone_call.prefix"}


def everything_kept(app: Flask) -> Iterator[str]:
    """Yield every row of every table, every file of the data folder, and the file of an SQLite database as it lies."""
    for each in Base.metadata.sorted_tables:
        for row in db.session.execute(select(each)).all():
            yield f"{each.name}: {tuple(row)}".casefold()
    db.session.commit()
    settings: Settings = app.extensions["tsalert_settings"]
    database = sqlite_path(settings.database_url)
    beside = database.parent.glob(f"{database.name}*") if database else ()
    for path in [*settings.files.rglob("*"), *beside]:
        if path.is_file():
            yield f"{path}: {path.read_bytes().decode('latin-1')}".casefold()

"""However much somebody has to do with, their page asks the database equally often."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.intelligence.conftest import told
from tests.people.conftest import PAVERS
from tests.response.conftest import roof_call
from tsalert.cases import service as cases
from tsalert.cases.people import queries
from tsalert.cases.people import service as people
from tsalert.cases.people.rules import NewRole
from tsalert.cases.people.vocabulary import Role
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.intelligence import service as intelligence
from tsalert.response import service as response
from tsalert.response.vocabulary import CallSource
from tsalert.staff.rules import RoleName


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect every statement that is sent to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def happen(actor: Actor, times: int) -> tuple[int, int]:
    """Let one trader call on one resident so often, with a case and a note each time; returns both, and the case."""
    party_id, case_id = 0, 0
    for n in range(times):
        at = utc_now() - timedelta(days=10 * n + 1)
        logged = response.log_call(roof_call(source=CallSource.RESIDENT, trader=PAVERS), actor=actor, now=at)
        case_id = cases.open_case(
            described(incident_id=logged.incident_id, victim_name="Alex Example"), actor=actor, now=at
        )
        proposed = queries.told_by_calls(db.session(), case_id)
        party_id = next(each.party_id or 0 for each in proposed if each.role is Role.SUSPECT)
        suspect = NewRole(role=Role.SUSPECT, party_id=party_id, source="The call")
        people.give_role(case_id, suspect, actor=actor, now=at)
        day = at.date()
        note = told(information_on=day, review_on=day + timedelta(days=60))
        intelligence.write_note(note, is_demo=True, actor=actor, now=at)
    return party_id, case_id


def test_a_page_of_many_years_asks_no_more_often_than_one_of_a_few_days(
    session: Session, signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]
) -> None:
    actor, desk = officer(), signed_in(RoleName.CASE_OFFICER)
    asked = []
    for times in (2, 10):
        party_id, case_id = happen(actor, times)
        for path in (
            f"/parties/{party_id}",
            f"/cases/{case_id}/people",
            "/people/repeats?who=traders",
            "/intelligence",
        ):
            with counted() as sent:
                assert desk.get(path).status_code == 200
            asked.append((path.partition("?")[0].strip("/0123456789"), len(sent)))
    few, many = asked[:4], asked[4:]
    assert [count for _, count in many] == [count for _, count in few], (few, many)

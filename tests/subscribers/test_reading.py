"""Who passes alerts on and who reads them in large print, found by indexes that hold nobody else."""

import pytest
from sqlalchemy import Select, text
from sqlalchemy.orm import Session

from tests.subscribers.conftest import CONSENT, Import, endpoint_id
from tsalert.subscribers import reading
from tsalert.subscribers.models import Subscriber


def test_who_asked_for_large_print_is_found(session: Session, run_import: Import) -> None:
    run_import(
        f"Ann,ann@example.org,,,Bickley,,,all,immediate,{CONSENT}",
        f"Bob,bob@example.org,,,Bickley,,,all,immediate,{CONSENT}",
    )
    session.query(Subscriber).filter_by(name="Bob").update({"formats": ["large_print"]})
    assert session.scalars(reading.read_in_large_print()).all() == [endpoint_id(session, "bob@example.org")]


@pytest.mark.parametrize(
    ("people", "index"),
    [
        (reading.read_by_partners(), "ix_subscriber_partner"),
        (reading.read_in_large_print(), "ix_subscriber_large_print"),
    ],
)
def test_nobody_else_is_looked_at(session: Session, people: Select[int], index: str) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # so few people are read faster without an index
    statement = people.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    plan = str(session.connection().exec_driver_sql(f"{explain}{statement}").all())
    assert index in plan, plan

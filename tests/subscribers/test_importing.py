"""The import: good rows are kept, bad ones told, and nobody who left comes back."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, OPERATOR, Import, endpoint_id, held, letters, status
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.delivery.models import Delivery
from tsalert.places.models import PostcodePlace, Ward
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service
from tsalert.subscribers.models import ConsentEvent, Partner, SignUp, Subscriber, SubscriberEndpoint
from tsalert.subscribers.rows import HEADER
from tsalert.subscribers.service import Fault, ImportReport

PAT = f"Pat Example,pat@example.org,,BR1 3UH,Bickley,resident,,scams,daily,{CONSENT}"


def test_a_row_with_consent_is_active_with_its_history(session: Session, run_import: Import) -> None:
    report, faults = run_import(PAT)
    assert (report.added, report.bad, faults) == (1, 0, [])
    assert status(session, "pat@example.org") == "active"
    assert held(session, "pat@example.org") == [("scams", "daily", None)]
    consent = session.scalars(select(ConsentEvent)).one()
    assert (consent.act, consent.source, consent.at.year, consent.recorded_at) == ("given", "paper form", 2024, NOW)


def test_consent_that_an_officer_imports_names_them(
    session: Session, run_import: Import, officer: Callable[..., Actor]
) -> None:
    importer = officer(RoleName.MANAGER)
    run_import(PAT, actor=importer)
    assert session.scalars(select(ConsentEvent.recorded_by)).all() == [importer.officer_id]


def test_a_long_list_is_counted_anew_before_anybody_asks_for_an_audience(
    session: Session, run_import: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite plans without having looked")
    monkeypatch.setattr("tsalert.subscribers.importing._BATCH", 2)
    asked = text("SELECT reltuples FROM pg_class WHERE relname = 'subscription'")
    session.execute(text("ANALYZE subscription"))
    before = session.scalar(asked)
    run_import(*(f"Pat Example {number},pat{number}@example.org,,,,,,,,{CONSENT}" for number in range(5)))
    assert session.scalar(asked) == before + 5
    run_import(f"Sam Example,sam@example.org,,,,,,,,{CONSENT}")
    assert session.scalar(asked) == before + 5, "few rows change no plan"


def test_a_row_without_consent_waits_and_is_mailed_only_when_asked_for(session: Session, run_import: Import) -> None:
    report, _ = run_import("Pat Example,pat@example.org,,,,,,,,,")
    assert (report.unconfirmed, report.asked, letters(session)) == (1, 0, [])
    assert status(session, "pat@example.org") == "unconfirmed"
    report, _ = run_import("Pat Example,pat@example.org,,,,,,,,,", confirm=True)
    assert (report.updated, report.asked, len(letters(session))) == (1, 1, 1)
    report, _ = run_import("Pat Example,pat@example.org,,,,,,,,,", confirm=True)
    assert (report.asked, len(letters(session))) == (0, 1)


def test_who_confirms_gets_what_an_earlier_file_gave_where_a_later_one_names_no_topic(
    session: Session, run_import: Import
) -> None:
    run_import("Pat Example,pat@example.org,,,,,,scams,,,")
    run_import("Pat Example,pat@example.org,,,,,,,,,", confirm=True)
    service.confirm_sign_up(session.scalars(select(SignUp.id)).one(), now=NOW)
    session.commit()
    assert held(session, "pat@example.org") == [("scams", "immediate", None)]


def test_a_landline_without_consent_is_not_asked_since_it_cannot_follow_a_link(
    session: Session, run_import: Import
) -> None:
    report, _ = run_import("Ann Example,,020 7946 0001,,,,,,,,", confirm=True)
    assert (report.unconfirmed, report.asked, letters(session)) == (1, 0, [])
    report, _ = run_import("Pat Example,pat@example.org,020 7946 0002,,,,,,,,", confirm=True)
    assert (report.unconfirmed, report.asked) == (2, 1)
    assert session.scalars(select(Delivery.channel)).all() == ["email"]


def test_the_same_file_again_changes_nothing(session: Session, run_import: Import) -> None:
    run_import(PAT)
    report, _ = run_import(PAT)
    assert (report.added, report.updated) == (0, 1)
    assert held(session, "pat@example.org") == [("scams", "daily", None)]
    counts = [session.scalar(select(func.count()).select_from(table)) for table in (Subscriber, ConsentEvent)]
    assert counts == [1, 1]


def test_a_second_run_updates_what_the_file_changed_and_keeps_what_it_leaves_empty(
    session: Session, run_import: Import
) -> None:
    run_import(PAT)
    run_import(f"Patricia Example,PAT@example.org,07700 900001,,,resident,,all,weekly,{CONSENT}")
    pat = session.scalars(select(Subscriber)).one()
    assert (pat.name, pat.ward, pat.postcode) == ("Patricia Example", "Bickley", "BR1 3UH")
    assert held(session, "pat@example.org") == [
        ("scams", "daily", "left out of a later import"),
        ("all", "weekly", None),
    ]
    assert held(session, "+447700900001") == [("all", "weekly", None)]


def test_a_later_consent_makes_an_unconfirmed_address_active(session: Session, run_import: Import) -> None:
    run_import("Pat Example,pat@example.org,,,,,,,,,")
    run_import(PAT)
    assert status(session, "pat@example.org") == "active"


def test_somebody_who_left_is_let_alone(session: Session, run_import: Import) -> None:
    run_import(PAT)
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    report, faults = run_import(PAT.replace("Pat Example", "Changed Name"), confirm=True)
    assert (report.added, report.updated, report.left, faults, letters(session)) == (0, 0, 1, [], [])
    assert status(session, "pat@example.org") == "opted_out"
    assert held(session, "pat@example.org") == [("scams", "daily", "unsubscribed")]
    assert session.scalars(select(Subscriber.name)).one() == "Pat Example"


def test_a_number_that_texted_stop_before_we_knew_it_is_not_put_on_the_list(
    session: Session, run_import: Import
) -> None:
    service.stop_texts(session, "+447700900001", now=NOW)
    session.commit()
    report, _ = run_import(f"Ann Example,,07700 900001,,,,,,,{CONSENT}")
    assert (report.added, report.left) == (0, 1)
    assert session.scalars(select(Subscriber)).all() == []


def test_one_who_left_by_email_stays_on_by_text(session: Session, run_import: Import) -> None:
    both = f"Pat Example,pat@example.org,07700 900001,,,,,,,{CONSENT}"
    run_import(both)
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    report, _ = run_import(both)
    assert (report.updated, report.left) == (1, 0)
    assert [one[2] for one in held(session, "pat@example.org")] == ["unsubscribed"]
    assert [one[2] for one in held(session, "+447700900001")] == [None]


def test_a_couple_may_share_a_telephone(session: Session, run_import: Import) -> None:
    run_import(
        f"Ann Example,ann@example.org,020 7946 0001,,,,,,,{CONSENT}",
        f"Bob Example,bob@example.org,020 7946 0001,,,,,,,{CONSENT}",
    )
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 2
    shared = endpoint_id(session, "+442079460001")
    links = select(func.count()).select_from(SubscriberEndpoint).where(SubscriberEndpoint.endpoint_id == shared)
    assert session.scalar(links) == 2


def test_an_address_that_comes_twice_in_a_file_is_one_subscriber(session: Session, run_import: Import) -> None:
    report, _ = run_import(PAT, PAT.replace("scams", "doorstep-crime").replace("pat@", "PAT@"))
    assert (report.added, report.updated) == (1, 1)
    assert held(session, "pat@example.org") == [
        ("scams", "daily", "left out of a later import"),
        ("doorstep-crime", "daily", None),
    ]


def test_every_bad_row_is_told_with_its_line_and_the_good_ones_are_kept(session: Session, run_import: Import) -> None:
    report, faults = run_import(
        PAT,
        "",
        "No Address,,,,,,,,,,",
        "Jos\udce9,jose@example.org,,,,,,,,,",
        '"Ann\nExample",ann@example.org,,,,,,,,,',
        "Short,row",
        'Stray,"quote"x,,,,,,,,,',
        "Sam Example,sam@example.org,,,,,,,,,",
    )
    assert (report.added, report.bad, report.kept) == (3, 4, 3)
    assert [fault.line for fault in faults] == [4, 5, 8, 9]
    assert faults[1] == Fault(5, "name: This is not UTF-8 text: save the file as CSV UTF-8.")


def test_partners_declare_their_reach_with_its_day(session: Session, run_import: Import) -> None:
    watch = "Example Watch,watch@example.org,,,,partner,{},,,annual return,{}"
    run_import(watch.format("1200", "2024-05-01"))
    partner = session.scalars(select(Partner)).one()
    assert (partner.declared_reach, partner.basis, len(partner.code)) == (1200, "annual return", 8)
    first, code = partner.declared_at, partner.code
    run_import(watch.format("1200", ""))
    session.refresh(partner)
    assert (partner.declared_at, partner.code) == (first, code)
    run_import(watch.format("1500", ""))
    session.refresh(partner)
    assert (partner.declared_reach, partner.declared_at) == (1500, NOW)
    run_import(watch.format("", "2025-05-01"))
    session.refresh(partner)
    assert (partner.declared_reach, partner.declared_at) == (1500, NOW)


def test_wards_are_checked_against_the_directory_where_there_is_one(session: Session, run_import: Import) -> None:
    session.add(Ward(code="E05013988", name="Bickley"))
    session.commit()
    report, faults = run_import(PAT, PAT.replace("pat@", "sam@").replace("Bickley", "Bickly"))
    assert session.scalars(select(Subscriber.ward)).all() == ["E05013988"]
    assert (report.bad, faults[0].line) == (1, 3)


def test_another_header_stops_the_import_before_anything_is_kept(session: Session) -> None:
    with pytest.raises(RuleViolation, match="name,email,phone"):
        service.import_subscribers(["email,name\n", "pat@example.org,Pat\n"], actor=OPERATOR, now=NOW)
    with pytest.raises(RuleViolation, match="name,email,phone"):
        service.import_subscribers([], actor=OPERATOR, now=NOW)
    assert session.scalars(select(Subscriber)).all() == []


def test_only_who_manages_subscribers_may_import(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.import_subscribers([], actor=SERVICE, now=NOW)


def test_a_large_file_is_kept_in_batches_each_with_its_trail(session: Session, run_import: Import) -> None:
    progress: list[int] = []
    rows = [f"Person {n},person{n}@example.org,,,,,,,,{CONSENT}" for n in range(2500)]
    report, _ = run_import(*rows, on_progress=progress.append)
    assert (report.added, progress) == (2500, [1001, 2001, 2501])
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "imported").order_by(AuditEvent.id)).all()
    assert [event.detail["added"] for event in events] == [1000, 1000, 500]
    assert session.scalar(select(func.count()).select_from(ConsentEvent)) == 2500


def with_more(*rows: str, columns: str = "formats,language,partner_code") -> tuple[ImportReport, list[Fault]]:
    faults: list[Fault] = []
    lines = io.StringIO("\n".join([f"{HEADER},{columns}", *rows]), newline="")
    return service.import_subscribers(lines, actor=OPERATOR, now=NOW, on_fault=faults.append), faults


def test_a_file_may_tell_formats_language_and_partner(session: Session) -> None:
    partner = Subscriber(kind="partner", name="Example Watch", language="en-GB", formats=[], created_at=NOW)
    session.add(partner)
    session.flush()
    session.add(Partner(subscriber_id=partner.id, code="WATCH"))
    session.commit()
    pat = f"Pat Example,pat@example.org,,,,,,,,{CONSENT}"
    assert with_more(f"{pat},large_print,en-GB,watch")[1] == []
    person = session.scalars(select(Subscriber).where(Subscriber.name == "Pat Example")).one()
    assert (person.formats, person.language, person.partner_code) == (["large_print"], "en-GB", "WATCH")


def test_what_a_known_person_asked_for_stays_where_the_file_is_silent(session: Session) -> None:
    pat = f"Pat Example,pat@example.org,,,,,,,,{CONSENT}"
    for formats in ("", "large_print", ""):
        assert with_more(f"{pat},{formats}", columns="formats")[1] == []
    assert session.scalars(select(Subscriber)).one().formats == ["large_print"]


def test_unknown_formats_languages_and_partners_are_faults(session: Session) -> None:
    pat = f"Pat Example,pat@example.org,,,,,,,,{CONSENT}"
    report, faults = with_more(f"{pat},braille,,", f"{pat},,cy,", f"{pat},,,NOBODY", f"{pat},,")
    assert [fault.reason.split(":")[0] for fault in faults[:3]] == ["formats", "language", "partner_code"]
    assert (report.bad, "14 are expected" in faults[3].reason) == (4, True)


@pytest.mark.parametrize("columns", ["formats,formats", "colour"])
def test_a_column_twice_or_unknown_is_refused(columns: str) -> None:
    with pytest.raises(RuleViolation):
        with_more(columns=columns)


def test_a_row_without_a_ward_gets_that_of_its_postcode(session: Session, run_import: Import) -> None:
    session.add(Ward(code="E05000001", name="Bickley"))
    since = {"since": date(2020, 1, 1), "cell": None}
    session.add(PostcodePlace(postcode="BR1 3UH", ward_code="E05000001", **since))
    session.add(PostcodePlace(postcode="BR1 3UJ", ward_code="E05009999", **since))
    session.commit()
    rows = [f"{name} Example,{name}@example.org,,{code},,,,,,{CONSENT}" for name, code in
            (("pat", "BR1 3UH"), ("lee", "BR1 3UJ"), ("kim", "BR9 9ZZ"))]  # fmt: skip
    run_import(*rows)
    found = dict(session.execute(select(Subscriber.postcode, Subscriber.ward)).all())
    assert found == {"BR1 3UH": "E05000001", "BR1 3UJ": None, "BR9 9ZZ": None}

"""For whom an alert is beside its topic: through the service, the pages, the interface and a file."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, settle, shown, subscribe
from tests.alerts.test_api import ALERTS, Headers, make
from tests.alerts.test_cli import Send, send, words  # noqa: F401 - a fixture
from tests.alerts.test_unsaved import hidden
from tests.alerts.test_views import SignIn, digest_on, typed, write
from tests.conftest import NOW
from tests.places.conftest import add_postcode
from tsalert.alerts import editions, queries, service
from tsalert.alerts.audience import account as audience
from tsalert.alerts.audience.later import count_later
from tsalert.alerts.missing import queries as missing
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, FollowUp, Kind
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import SuppressionReason
from tsalert.places.grid import Point
from tsalert.places.models import Ward
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription
from tsalert.subscribers.profiles import PartnerKind, PartnerProfile

WARDS = {"E05000001": "Alder", "E05000002": "Birch", "E05000003": "Cedar"}


@pytest.fixture
def places(session: Session) -> None:
    """Three wards in a row, each with one postcode, and somebody who lives in each."""
    for number, (code, name) in enumerate(WARDS.items()):
        session.add(Ward(code=code, name=name))
        add_postcode(session, f"ZZ1 {number}AA", code, Point(51.4 + number * 0.004, 0.02))
        subscribe(session, f"{name.lower()}@example.org", ward=code)
    session.commit()


@pytest.fixture
def library(session: Session) -> int:
    """A library that asked for another topic; returns its number."""
    return add_partner(session, "Alder Library", "library@example.org", "Library", topic="scams")


def add_partner(session: Session, name: str, address: str, kind: str, **facts: str) -> int:
    """Put a partner of a kind on the list; returns its number."""
    end = subscribe(session, address, kind="partner", **facts)
    number = session.scalars(
        select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == end)
    ).one()
    session.execute(update(Subscriber).where(Subscriber.id == number).values(name=name))
    kind_id = session.scalars(select(PartnerKind.id).where(PartnerKind.name == kind)).one()
    session.add(PartnerProfile(partner_id=number, kind_id=kind_id))
    session.commit()
    return number


def kind_id(session: Session, name: str) -> int:
    return session.scalars(select(PartnerKind.id).where(PartnerKind.name == name)).one()


def sent_to(session: Session) -> set[str]:
    query = select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)
    return {address.partition("@")[0] for address in session.scalars(query)}


def approve(alert_id: int, author: Actor, approver: Actor, **typed_in: int) -> int:
    service.submit(alert_id, actor=author, now=NOW)
    return service.approve(alert_id, shown(alert_id), actor=approver, now=NOW, **typed_in)


def test_the_wards_next_to_those_named_are_added_and_seen_by_the_approver(
    session: Session, author: Actor, approver: Actor, places: None
) -> None:
    alert_id = service.write_draft(new_draft(wards=("Alder",), with_neighbours=True), actor=author, now=NOW)
    assert queries.get_alert(session, alert_id).wards == ["E05000001", "E05000002"]
    assert approve(alert_id, author, approver) == 2
    assert sent_to(session) == {"alder", "birch"}


def test_a_ward_next_to_them_may_be_left_out(session: Session, author: Actor, places: None) -> None:
    draft = new_draft(wards=("Birch",), with_neighbours=True, but_wards=("cedar",))
    alert = queries.get_alert(session, service.write_draft(draft, actor=author, now=NOW))
    assert (alert.wards, alert.but_wards) == (["E05000001", "E05000002"], ["E05000003"])


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"with_neighbours": True}, "with_neighbours", "Choose the wards whose neighbours are meant"),
        ({"but_wards": ("Elm",)}, "but_wards", "There is no ward Elm here"),
        ({"wards": ("Alder",), "but_wards": ("Alder",)}, "but_wards", "No ward is left"),
        ({"partner_kinds": (4040,)}, "partner_kinds", "Choose kinds of partners from the list"),
        ({"named": ("Nobody we know",)}, "named", "Nobody on the list is meant by “Nobody we know”"),
        ({"left_out": ("x@example.org",)}, "left_out", "Nobody on the list is meant"),
        (
            {"named": ("Alder Library",), "left_out": ("library@example.org",)},
            "left_out",
            "Either include or leave out: Alder",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whom_we_do_not_know_is_refused_beside_its_field(
    author: Actor, places: None, library: int, change: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(RuleViolation, match=said) as refused:
        service.write_draft(new_draft(**change), actor=author, now=NOW)
    assert refused.value.field == field


def test_neighbours_of_wards_that_lie_nobody_knows_where_are_refused(session: Session, author: Actor) -> None:
    subscribe(session, "penge@example.org", ward="Penge")
    session.commit()
    with pytest.raises(RuleViolation, match="We do not know which wards lie next to them"):
        service.write_draft(new_draft(wards=("Penge",), with_neighbours=True), actor=author, now=NOW)


def test_an_alert_for_libraries_reaches_no_resident_and_no_other_partner(
    session: Session, author: Actor, approver: Actor, people: None, library: int
) -> None:
    add_partner(session, "Darwin Library", "darwin@example.org", "Library")
    add_partner(session, "A Charity", "charity@example.org", "Charity")
    subscribe(session, "weekly@example.org", frequency="weekly")
    session.commit()
    draft = new_draft(partner_kinds=(kind_id(session, "Library"),))
    alert_id = service.write_draft(draft, actor=author, now=NOW)
    alert = queries.get_alert(session, alert_id)
    assert queries.reach(session, alert) == {"email": 1, "sms": 0}
    assert set(count_later(session, alert, now=NOW).values()) == {0}, "no digest tells residents of it"
    assert approve(alert_id, author, approver) == 1
    assert sent_to(session) == {"darwin"}


def test_who_is_named_gets_it_and_who_is_left_out_does_not(
    session: Session, author: Actor, approver: Actor, people: None, library: int
) -> None:
    draft = new_draft(named=("alder library",), left_out=("bob@example.org",))
    alert_id = service.write_draft(draft, actor=author, now=NOW)
    assert queries.get_alert(session, alert_id).named == [library]
    assert approve(alert_id, author, approver) == 3
    assert sent_to(session) == {"library", "ann", "+447700900001"}


@pytest.mark.parametrize(
    "change", [{"named": ("Alder Library",)}, {"left_out": ("Alder Library",)}, {"but_wards": ("Alder",)}]
)
def test_another_audience_undoes_the_approval(
    session: Session, author: Actor, approver: Actor, places: None, library: int, change: dict[str, Any]
) -> None:
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    read = shown(alert_id)
    service.edit_draft(alert_id, new_draft(**change), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    with pytest.raises(Conflict, match="changed since you read it"):
        service.approve(alert_id, read, actor=approver, now=NOW)


def test_an_update_is_for_the_same_people_also_in_the_daily_mail(
    session: Session, author: Actor, approver: Actor, people: None, library: int
) -> None:
    add_partner(session, "Darwin Library", "darwin@example.org", "Library")
    first = service.write_draft(
        new_draft(partner_kinds=(kind_id(session, "Library"),), left_out=("Alder Library",)), actor=author, now=NOW
    )
    approve(first, author, approver)
    written = FollowUp(Kind.UPDATE, "More", "They are back.", NOW + timedelta(days=2))
    update_id = service.follow_up(first, written, actor=author, now=NOW)
    found = queries.get_alert(session, update_id)
    assert (found.partner_kinds, found.left_out) == ([kind_id(session, "Library")], [library])
    assert queries.reach(session, found) == {"email": 1, "sms": 0}
    end = session.scalars(select(Endpoint.id).where(Endpoint.address == "darwin@example.org")).one()
    delivery.suppress(session, end, SuppressionReason.BOUNCED, NOW)
    account = audience.account_of(session, found)
    assert (account.gets, [each.count for each in account.left_out]) == (0, [1])


def test_an_alert_to_one_person_of_many_is_asked_about(
    session: Session, author: Actor, approver: Actor, people: None, places: None
) -> None:
    session.execute(update(Subscriber).where(Subscriber.ward.is_(None)).values(ward="E05000003"))
    session.commit()
    alert_id = service.write_draft(new_draft(wards=("Alder",)), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    with pytest.raises(RuleViolation, match="one person alone") as refused:
        service.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    assert refused.value.field == "readers"
    session.rollback()
    assert queries.get_alert(session, alert_id).published_at is None
    assert service.approve(alert_id, shown(alert_id), readers=1, actor=approver, now=NOW) == 1


def test_an_alert_to_one_partner_or_to_the_only_one_on_the_list_is_not(
    session: Session, author: Actor, approver: Actor, library: int
) -> None:
    draft = new_draft(partner_kinds=(kind_id(session, "Library"),), named=("Alder Library",), channels=(Channel.EMAIL,))
    assert approve(service.write_draft(draft, actor=author, now=NOW), author, approver) == 1


def test_whoever_is_left_out_gets_it_neither_when_it_is_sent_again_to_other_addresses(
    session: Session, author: Actor, approver: Actor, people: None, library: int
) -> None:
    """Bob reads the library's address too; his own does not work."""
    ends = dict(session.execute(select(Endpoint.address, Endpoint.id)).all())
    of_bob = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == ends["bob@example.org"])
    bob = session.scalars(of_bob).one()
    shared = subscribe(session, "desk@example.org")
    for reader in (bob, library):
        session.add(SubscriberEndpoint(subscriber_id=reader, endpoint_id=shared, channel="email"))
    session.execute(update(Subscription).where(Subscription.endpoint_id == shared).values(subscriber_id=bob))
    session.commit()
    alert_id = service.write_draft(new_draft(left_out=("Alder Library",)), actor=author, now=NOW)
    approve(alert_id, author, approver)
    assert "desk" not in sent_to(session)
    (mailing_id,) = editions.mailings_of(session, alert_id).values()
    settle(session, mailing_id, "hard_bounced")
    alert = queries.get_alert(session, alert_id)
    assert missing.other_addresses(session, alert, [missing.Reason.BOUNCED]) == {}


# --- pages, interface and command ---


def test_an_officer_chooses_on_the_form_and_sees_it_again_there(
    session: Session, signed_in: SignIn, people: None, places: None, library: int
) -> None:
    browser = signed_in()
    form = browser.get("/alerts/new").text
    assert "And the wards next to them" in form
    assert "Only some partners, or somebody by name" in form
    assert re.search(r'name="partner_kinds" type="checkbox" value="\d+".*?Charity', form, re.DOTALL)
    place = write(
        browser,
        wards=["E05000001"],
        with_neighbours="yes",
        partner_kinds=[str(kind_id(session, "Library"))],
        named="Alder Library\r\n\r\n",
        left_out="bob@example.org",
        but_wards=["E05000003"],
    )
    page = browser.get(place).text
    for said in ("Alder, Birch", "Partners only", "Library", "Not to people of", "Cedar", "Also to", "Alder Library"):
        assert said in page
    assert "bob@example.org" not in page
    again = browser.get(f"{place}/edit").text
    assert f"#{library} Alder Library" in again
    assert re.search(r'value="E05000002"\s+checked', again)
    assert re.search(rf'name="partner_kinds" type="checkbox" value="{kind_id(session, "Library")}"\s+checked', again)
    refused = browser.post(f"{place}/edit", data=typed(named="Nobody"))
    assert (refused.status_code, 'id="named-error"' in refused.text) == (422, True)


def test_two_who_chose_other_kinds_of_partners_at_once_are_shown_both(
    session: Session, signed_in: SignIn, people: None, library: int
) -> None:
    browser = signed_in()
    place = write(browser)
    seen = hidden(browser.get(f"{place}/edit").text, "shown")
    kind = str(kind_id(session, "Library"))
    assert signed_in().post(f"{place}/edit", data=typed(partner_kinds=[kind])).status_code == 303
    answer = browser.post(f"{place}/edit", data=typed(body="Mine.", shown=seen))
    assert answer.status_code == 409
    assert "Only partners of these kinds" in answer.text


def test_without_a_directory_of_postcodes_no_neighbours_are_offered(signed_in: SignIn, people: None) -> None:
    assert "And the wards next to them" not in signed_in().get("/alerts/new").text


def test_a_page_tells_who_would_get_it_and_why_others_would_not(
    session: Session, signed_in: SignIn, people: None, places: None, library: int
) -> None:
    subscribe(session, "weekly@example.org", frequency="weekly", ward="E05000001")
    session.commit()
    browser = signed_in()
    place = write(browser, left_out="bob@example.org", channels=["email"])
    assert f'href="{place}/audience"' in browser.get(place).text
    page = browser.get(f"{place}/audience").text
    assert "4 addresses would get it at once" in page
    for said in ("By channel", "By kind", "By ward", "Left out by name", "Asked for other topics", "Residents", "Alder",
                 "Get it with their next daily or weekly mail", "Reached by a channel that is not chosen"):  # fmt: skip
        assert said in page


def test_the_page_of_nobody_says_so_and_that_of_a_sent_alert_leads_back(
    signed_in: SignIn, session: Session, people: None, sending: int
) -> None:
    browser = signed_in()
    place = write(browser, channels=["voice"])
    assert "Nobody would get this alert at once" in browser.get(f"{place}/audience").text
    assert browser.get(f"/alerts/{sending}/audience").status_code == 409
    assert browser.get("/alerts/404/audience").status_code == 404


def test_who_left_since_the_page_was_read_is_told(session: Session, signed_in: SignIn, people: None) -> None:
    place = write(signed_in())
    signed_in().post(f"{place}/submit")
    desk = signed_in()
    page = desk.get(place).text
    assert 'name="counted" value="3"' in page
    end = session.scalars(select(Endpoint.id).where(Endpoint.address == "bob@example.org")).one()
    delivery.suppress(session, end, SuppressionReason.BOUNCED, NOW)
    session.commit()
    form = {"digest": digest_on(page), "counted": "3"}
    done = desk.post(f"{place}/approve", data=form, follow_redirects=True).text
    assert "2 messages are on their way. The page that you saw said 3: some have left since." in done


@pytest.fixture
def token(bearer: Callable[..., Headers]) -> Headers:
    return bearer()


def test_the_interface_takes_a_choice_and_gives_it_back_with_its_account(
    client: FlaskClient, session: Session, token: Headers, people: None, places: None, library: int
) -> None:
    kind = kind_id(session, "Library")
    made = make(
        client, token, wards=["Alder"], with_neighbours=True, named=[f"#{library}"], partner_kinds=[kind],
        left_out=["ann@example.org"],
    )  # fmt: skip
    assert (made["wards"], made["partner_kinds"], made["named"]) == (["E05000001", "E05000002"], [kind], [library])
    assert made["preview"]["reach"] == {"email": 1, "sms": 0}
    account = client.get(f"{ALERTS}/{made['id']}/audience", headers=token).json
    assert account is not None
    assert (account["gets"], account["kinds"]) == (1, [{"label": "Partners: Library", "count": 1}])
    assert account["gets"] + sum(each["count"] for each in account["left_out"]) == 7
    assert client.get(f"{ALERTS}/{made['id']}/audience").status_code == 401


@pytest.mark.parametrize(
    "bad",
    [
        {"named": "x" * 400},
        {"named": [1]},
        {"named": [["a"]]},
        {"named": ["x@example.org"] * 201},
        {"partner_kinds": ["many"]},
        {"partner_kinds": [2**70]},
        {"but_wards": ["\u202e"]},
        {"with_neighbours": "perhaps"},
        {"left_out": {"a": 1}},
        {"named": None},
    ],
    ids=str,
)
def test_what_is_no_choice_is_refused_by_the_interface(
    client: FlaskClient, session: Session, token: Headers, bad: dict[str, Any]
) -> None:
    body = {
        "headline": "Roofers", "body": "They knock.", "topic": "scams", "channels": ["email"],
        "expires_at": (datetime.now(UTC) + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    assert client.post(ALERTS, json=body | bad, headers=token).status_code == 422
    assert session.scalar(select(Alert.id)) is None


def test_a_file_may_say_for_whom_an_alert_is(session: Session, send: Send, people: None, library: int) -> None:  # noqa: F811
    result = send(words(named=["Alder Library"], left_out=["bob@example.org"]))
    assert result.exit_code == 0, result.output
    assert sent_to(session) == {"library", "ann", "+447700900001"}
    refused = send(words(named=["Nobody"]))
    assert refused.exit_code != 0
    assert "Nobody on the list is meant by “Nobody”" in refused.output

"""Partners get what may be passed on, some readers large print, everybody else the ordinary mail; nobody gets two."""

from collections.abc import Callable
from itertools import product

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, settle, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import editions, proof, queries, service
from tsalert.alerts.models import AlertEdition
from tsalert.alerts.proof import content_of, pull_proof
from tsalert.alerts.rules import Channel, Edition
from tsalert.alerts.steps import Status
from tsalert.alerts.wording import Mail
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.delivery import mailings as mailing_steps
from tsalert.delivery.claiming import Claimed
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.delivery.printing import press_of
from tsalert.delivery.retries import Standing
from tsalert.delivery.rules import Channel as DeliveryChannel
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint
from tsalert.visitors.tokens import signer

SignIn = Callable[..., FlaskClient]
Headers = dict[str, str]


def sent_to(session: Session) -> dict[str, list[str]]:
    """Return the addresses that each edition went to."""
    rows = session.execute(
        select(AlertEdition.edition, Endpoint.address)
        .join(Delivery, Delivery.mailing_id == AlertEdition.mailing_id)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .order_by(Endpoint.address)
    )
    found: dict[str, list[str]] = {}
    for edition, address in rows:
        found.setdefault(edition, []).append(address)
    return found


@pytest.fixture
def readers(session: Session, people: None) -> None:
    """Beside two mails and a telephone: a partner with a mail and a telephone, and a reader of large print."""
    subscribe(session, "watch@example.org", kind="partner")
    subscribe(session, "+447700900002", kind="partner")
    subscribe(session, "large@example.org", formats="large_print")
    session.commit()


@pytest.fixture
def approved(author: Actor, approver: Actor, readers: None) -> int:
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    assert service.approve(alert_id, shown(alert_id), actor=approver, now=NOW) == 6
    return alert_id


def test_everybody_gets_one_edition(session: Session, approved: int) -> None:
    assert sent_to(session) == {
        "partner": ["watch@example.org"],
        "large_print": ["large@example.org"],
        "ordinary": ["+447700900001", "+447700900002", "ann@example.org", "bob@example.org"],
    }


def test_an_address_shared_with_a_partner_gets_the_partners_edition(
    session: Session, author: Actor, approver: Actor
) -> None:
    for kind, formats in product(("resident", "partner"), ("", "large_print")):
        subscribe(session, "shared@example.org", kind=kind, formats=formats)
    for formats in ("", "large_print braille"):
        subscribe(session, "couple@example.org", formats=formats)
    subscribe(session, "not-large@example.org", formats="not_large_print")
    session.commit()
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    service.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    assert sent_to(session) == {
        "partner": ["shared@example.org"],
        "large_print": ["couple@example.org"],
        "ordinary": ["not-large@example.org"],
    }


def test_an_edition_that_nobody_gets_is_not_made(session: Session, sending: int) -> None:
    assert list(editions.mailings_of(session, sending)) == [Edition.ORDINARY]
    assert len(session.scalars(select(Mailing.id)).all()) == 1


def test_who_was_a_partner_once_and_is_erased_gets_the_ordinary_edition(
    session: Session, pending: int, approver: Actor
) -> None:
    endpoint_id = subscribe(session, "ann@example.org", kind="partner")
    session.execute(update(Subscriber).where(Subscriber.kind == "partner").values(erased_at=NOW))
    session.commit()
    service.approve(pending, shown(pending), actor=approver, now=NOW)
    assert endpoint_id
    assert list(sent_to(session)) == ["ordinary"]


@pytest.mark.parametrize(
    ("changes", "edition"),
    [({"kind": "partner"}, "ordinary"), ({"formats": ["large_print"]}, "ordinary"), ({"kind": "resident"}, "partner")],
)
def test_who_changes_while_an_alert_is_queued_gets_it_all_the_same_and_once(
    session: Session,
    pending: int,
    approver: Actor,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, object],
    edition: str,
) -> None:
    """Somebody else's change lands when the partners' edition is queued and the ordinary one is not."""
    subscribe(session, "cat@example.org", kind="partner" if edition == "partner" else "resident")
    subscribe(session, "watch@example.org", kind="partner")
    session.commit()
    cat = select(Endpoint.id).where(Endpoint.address == "cat@example.org").scalar_subquery()
    real = editions.meant

    def meant(alert: object, wanted: Edition, served: list[int]) -> object:
        if wanted is Edition.ORDINARY:
            owner = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == cat)
            session.execute(update(Subscriber).where(Subscriber.id.in_(owner)).values(**changes))
        return real(alert, wanted, served)  # type: ignore[arg-type]

    monkeypatch.setattr(editions, "meant", meant)
    service.approve(pending, shown(pending), actor=approver, now=NOW)
    got = [name for name, addresses in sent_to(session).items() for address in addresses if address.startswith("cat")]
    assert got == [edition]


def test_what_is_to_go_out_is_counted_by_edition(session: Session, author: Actor, readers: None) -> None:
    subscribe(session, "watch@example.org", formats="large_print")
    session.commit()
    alert = queries.get_alert(session, service.write_draft(new_draft(), actor=author, now=NOW))
    reach = queries.reach(session, alert)
    assert reach == {"email": 4, "sms": 2}
    sizes = editions.edition_sizes(session, alert, sum(reach.values()))
    assert sizes == {Edition.PARTNER: 1, Edition.LARGE_PRINT: 1, Edition.ORDINARY: 4}


def test_an_alert_by_text_alone_has_one_edition(
    session: Session, author: Actor, approver: Actor, readers: None
) -> None:
    alert_id = service.write_draft(new_draft(channels=(Channel.SMS,)), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    assert service.approve(alert_id, shown(alert_id), actor=approver, now=NOW) == 2
    assert list(sent_to(session)) == ["ordinary"]


def test_approval_binds_to_the_words_of_every_edition(
    session: Session, author: Actor, approver: Actor, readers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    digest = shown(alert_id)
    monkeypatch.setattr(proof, "other_editions", lambda *_: dict.fromkeys(Edition, Mail("S", "Other words", "<p>")))
    with pytest.raises(Conflict, match="has changed"):
        service.approve(alert_id, digest, actor=approver, now=NOW)


def test_all_editions_are_paused_resumed_and_stopped_together(session: Session, approved: int, approver: Actor) -> None:
    def states() -> set[str]:
        return set(session.scalars(select(Mailing.state)))

    service.pause(approved, actor=approver, now=NOW)
    assert states() == {"paused"}
    service.resume(approved, actor=approver, now=NOW)
    assert states() == {"sending"}
    partner = editions.mailings_of(session, approved)[Edition.PARTNER]
    settle(session, partner, "accepted")
    assert queries.standing(session, queries.get_alert(session, approved)) is Status.SENDING
    service.pause(approved, actor=approver, now=NOW)
    service.withdraw(approved, "It was about another firm.", actor=approver, now=NOW)
    assert states() == {"cancelled"}
    assert queries.standing(session, queries.get_alert(session, approved)) is Status.CANCELLED


def test_one_edition_that_paused_itself_holds_the_alert_up_for_an_officer(
    session: Session, approved: int, approver: Actor
) -> None:
    large_print = editions.mailings_of(session, approved)[Edition.LARGE_PRINT]
    mailing_steps.pause(session, large_print, because="Too many of the last messages failed.")
    session.commit()
    alert = queries.get_alert(session, approved)
    progress = queries.progress(session, alert)
    assert progress is not None
    assert (progress.state, progress.paused_because) == ("paused", "Too many of the last messages failed.")
    assert queries.standing(session, alert) is Status.PAUSED
    service.resume(approved, actor=approver, now=NOW)
    assert queries.standing(session, alert) is Status.SENDING


def test_an_alert_is_sent_when_all_its_editions_are(session: Session, approved: int) -> None:
    alert = queries.get_alert(session, approved)
    mailings = editions.mailings_of(session, approved)
    for edition, fate in zip(mailings, ("failed", "accepted", "failed"), strict=True):
        assert queries.standing(session, alert) is Status.SENDING
        settle(session, mailings[edition], fate)
    assert queries.standing(session, alert) is Status.COMPLETED
    progress = queries.progress(session, alert)
    assert progress is not None
    assert (progress.total, progress.sent, progress.failed, progress.completed_at) == (6, 1, 5, NOW)
    assert editions.sent_sizes(session, approved) == {"partner": 1, "large_print": 1, "ordinary": 4}


def test_steps_that_no_edition_can_take_any_more_are_refused(session: Session, approved: int, approver: Actor) -> None:
    for mailing_id in editions.mailings_of(session, approved).values():
        settle(session, mailing_id, "accepted")
    with pytest.raises(Conflict):
        service.pause(approved, actor=approver, now=NOW)


def test_a_partners_copy_is_personal_above_the_line_alone(session: Session, author: Actor, readers: None) -> None:
    alert_id = service.write_draft(new_draft(), actor=author, now=NOW)
    alert = queries.get_alert(session, alert_id)
    said = content_of(alert, pull_proof(alert), Edition.PARTNER)
    assert said.html is not None
    assert said.sms is None
    for words in (said.text, said.html):
        personal, forwarded = words.split("Please pass on everything below this line")
        for link in ("((unsubscribe_link))", "((acknowledge_link))"):
            assert personal.count(link) == 1
            assert link not in forwarded
        assert f"/pass-on/{alert.reference}" in personal
        assert f"/check/{alert.reference}" in forwarded
        assert "They" in forwarded
        assert "Say no." in forwarded


def test_large_print_is_large_dark_on_light_and_has_no_small_foot(
    session: Session, author: Actor, readers: None
) -> None:
    alert = queries.get_alert(session, service.write_draft(new_draft(), actor=author, now=NOW))
    said = content_of(alert, pull_proof(alert), Edition.LARGE_PRINT)
    assert said.html is not None
    assert "background: #ffffff; color: #000000; font: 18pt" in said.html
    assert "font-size: 1" not in said.html
    assert "((acknowledge_link))" not in said.html
    assert "\n--" not in said.text, "mail programs show what follows in grey"


def test_a_partners_mail_has_a_link_that_names_this_message_and_nobody(session: Session, approved: int) -> None:
    partner = editions.mailings_of(session, approved)[Edition.PARTNER]
    row = session.scalars(select(Delivery).where(Delivery.mailing_id == partner)).one()
    standing = Standing(DeliveryChannel.EMAIL, row.attempts, row.doubts, None)
    claimed = [Claimed(row.id, partner, row.endpoint_id, "watch@example.org", standing)]
    press = press_of(current_app)
    press.lay_out(session, claimed)
    mail = press.messages(claimed)[0].content.decode().replace("=\r\n", "")
    token = mail.partition("/passed-on/")[2].partition('"')[0].split()[0].removesuffix("=20")
    assert signer("acknowledge").read(token) == row.id
    assert signer("unsubscribe").read(token) is None
    found = editions.find_delivered(session, row.id)
    assert found == editions.Delivered(approved, Edition.PARTNER, row.endpoint_id)


@pytest.mark.parametrize("number", [0, 10**9, 2**63])
def test_a_message_that_does_not_exist_belongs_to_no_alert(session: Session, number: int) -> None:
    assert editions.find_delivered(session, number) is None


def test_a_page_shows_every_edition_and_how_many_get_it(signed_in: SignIn, approved: int) -> None:
    browser = signed_in()
    page = browser.get(f"/alerts/{approved}").text
    assert "Edition for partners, to be passed on: 1 address" in page
    assert "Large print edition: 1 address" in page
    assert "Please pass on everything below this line" in page
    assert "/passed-on/…" in page
    assert "Passed it on?" in browser.get(f"/alerts/{approved}/email?edition=partner").text
    assert "18pt" in browser.get(f"/alerts/{approved}/email?edition=large_print").text
    for query in ("", "?edition=ordinary", "?edition=x"):
        assert "This is your own copy. Please pass it on." in browser.get(f"/alerts/{approved}/email{query}").text


def test_the_interface_gives_the_words_of_every_edition(
    client: FlaskClient, bearer: Callable[..., Headers], approved: int
) -> None:
    answer = client.get(f"/api/v1/alerts/{approved}", headers=bearer()).json
    assert answer is not None
    assert [each["edition"] for each in answer["preview"]["editions"]] == ["partner", "large_print"]
    progress = client.get(f"/api/v1/alerts/{approved}/progress", headers=bearer()).json
    assert progress is not None
    assert (progress["total"], progress["channels"]) == (6, {"email": {"pending": 4}, "sms": {"pending": 2}})


@pytest.mark.parametrize("field", ["headline", "body", "advice", "sms"])
def test_nobody_writes_the_place_of_a_partners_link_into_an_alert(author: Actor, people: None, field: str) -> None:
    with pytest.raises(RuleViolation, match="partners' mail") as refused:
        service.write_draft(new_draft(**{field: "See ((acknowledge_link))"}), actor=author, now=NOW)
    assert refused.value.field == field

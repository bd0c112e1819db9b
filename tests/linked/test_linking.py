"""Authorities are linked by a key that was compared; what it signs is taken until it is revoked, here or there."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OctKey
from joserfc.jws import serialize_compact
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.linked.conftest import Authority
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation, Unavailable
from tsalert.linked import looking, own_keys, queries, rules, service, signing
from tsalert.linked.rules import NewAuthority
from tsalert.staff.rules import RoleName


def link(other: Authority, actor: Actor, *, by_hand: bool = True) -> int:
    new = NewAuthority("Otherborough", other.url, other.fingerprint, other.public if by_hand else None)
    return service.register(new, actor=actor, now=NOW)


def test_what_we_sign_is_proved_by_the_key_that_we_publish(session: Session, administrator: Actor) -> None:
    with pytest.raises(Unavailable):
        signing.sign(session, b"{}")
    own_keys.make_key(actor=administrator, now=NOW)
    (published,) = own_keys.published(session)["keys"]
    us = NewAuthority("Us", "https://us.example", rules.fingerprint_of(published["x"]), published["x"])
    service.register(us, actor=administrator, now=NOW)  # as if we stood on the other side
    assert signing.open_signed(session, signing.sign(session, b'{"a": 1}')).content == b'{"a": 1}'


def test_a_former_key_is_still_published_and_a_revoked_one_says_so(session: Session, administrator: Actor) -> None:
    first = own_keys.make_key(actor=administrator, now=NOW)
    own_keys.make_key(actor=administrator, now=NOW)
    own_keys.revoke_key(first, "A laptop was stolen.", actor=administrator, now=NOW)
    assert [key["revoked"] for key in own_keys.published(session)["keys"]] == [False, True]
    with pytest.raises(Conflict):
        own_keys.revoke_key(first, "Again.", actor=administrator, now=NOW)
    ours = select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.subject == "signing key")
    acts = session.execute(ours.order_by(AuditEvent.id))
    assert [(action, detail.get("reason")) for action, detail in acts][-1] == ("revoked", "A laptop was stolen.")


def test_a_changed_text_a_strange_key_and_another_way_to_sign_are_refused(
    session: Session, administrator: Actor, other: Authority
) -> None:
    signed = other.sign(b'{"sum": 1}')
    with pytest.raises(NotAllowed, match="Nobody we have linked"):
        signing.open_signed(session, signed)
    link(other, administrator)
    assert signing.open_signed(session, signed).content == b'{"sum": 1}'
    head, _, signature = signed.split(".")
    changed = urlsafe_b64encode(b'{"sum": 2}').decode().rstrip("=")
    with pytest.raises(RuleViolation, match="changed after"):
        signing.open_signed(session, f"{head}.{changed}.{signature}")
    with pytest.raises(RuleViolation, match="changed after"):
        signing.open_signed(session, f"{head}.{changed}.%%%")
    by_secret = serialize_compact(
        {"alg": "HS256", "kid": rules.name_of(other.public)}, b"{}", OctKey.import_key("k" * 32)
    )
    with pytest.raises(RuleViolation, match="a way that we do not take"):
        signing.open_signed(session, by_secret)


def test_a_revoked_key_is_refused_from_then_on_and_never_trusted_again(
    session: Session, administrator: Actor, other: Authority
) -> None:
    number = link(other, administrator)
    key = queries.get_authority(session, number).keys[0]
    service.revoke_key(number, key.id, "Their laptop was stolen.", actor=administrator, now=NOW)
    with pytest.raises(NotAllowed, match="was revoked"):
        signing.open_signed(session, other.sign(b"{}"))
    with pytest.raises(Conflict, match="never trusted again"):
        service.trust_key(number, other.public, other.fingerprint, actor=administrator, now=NOW)
    another = Authority()
    service.trust_key(number, another.public, another.fingerprint, actor=administrator, now=NOW)
    assert signing.open_signed(session, another.sign(b"{}")).authority_id == number
    service.end(number, "They moved.", actor=administrator, now=NOW)
    with pytest.raises(Conflict, match="never trusted again"):
        link(other, administrator)


def test_a_key_that_they_revoke_is_refused_here_once_it_was_looked_at(
    session: Session, administrator: Actor, online: Authority
) -> None:
    number = link(online, administrator, by_hand=False)
    assert looking.look_at_keys(NOW) == 0
    online.publish(is_revoked=True)
    assert (looking.look_at_keys(NOW), looking.look_at_keys(NOW)) == (1, 0)
    with pytest.raises(NotAllowed, match="was revoked"):
        signing.open_signed(session, online.sign(b"{}"))
    online.pages.clear()
    looking.look_at_keys(NOW)
    assert queries.get_authority(session, number).fault == "It answered with status 404."


def test_nothing_of_an_authority_is_taken_after_the_link_has_ended(
    session: Session, administrator: Actor, other: Authority
) -> None:
    number = link(other, administrator)
    service.end(number, "They left the service.", actor=administrator, now=NOW)
    with pytest.raises(NotAllowed):
        signing.open_signed(session, other.sign(b"{}"))
    assert link(other, administrator) != number


def test_a_key_that_does_not_fit_or_cannot_be_read_links_nobody_and_loses_nothing_typed(
    session: Session, online: Authority, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    typed = {"name": "Otherborough", "url": online.url, "fingerprint": Authority().fingerprint}
    refused = browser.post("/linked-authorities", data=typed)
    assert (refused.status_code, "not the fingerprint" in refused.text) == (422, True)
    assert all(value in refused.text for value in typed.values())
    assert online.fingerprint not in refused.text
    online.pages[rules.KEYS_PATH] = b"[" * 90_000
    refused = browser.post("/linked-authorities", data=typed)
    assert (refused.status_code, "could not read its keys" in refused.text) == (422, True)
    assert queries.list_authorities(session) == []


def test_administrators_link_on_pages_what_programs_of_theirs_link_by_operations(
    session: Session,
    client: FlaskClient,
    online: Authority,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
) -> None:
    browser, token = signed_in(RoleName.ADMINISTRATOR), bearer(RoleName.ADMINISTRATOR)
    assert browser.post("/linked-authorities/own-keys").status_code == 303
    told: Any = client.get(rules.KEYS_PATH).json
    assert rules.fingerprint_of(told["keys"][0]["x"]) in browser.get("/linked-authorities").text
    typed = {"name": "Otherborough", "url": online.url, "fingerprint": online.fingerprint}
    place = browser.post("/linked-authorities", data=typed).headers["Location"]
    assert online.fingerprint in browser.get(place).text
    known: Any = client.get(f"/api/v1{place}", headers=token).json
    revoke = f"/api/v1{place}/keys/{known['keys'][0]['id']}/revoked"
    assert client.post(revoke, json={"reason": "Lost."}, headers=token).status_code == 200
    assert client.post(revoke, json={"reason": "Lost."}, headers=token).status_code == 409
    assert browser.post(f"{place}/ended", data={}).status_code == 422
    assert browser.post(f"{place}/ended", data={"reason": "They left."}).status_code == 303
    own = client.get("/api/v1/linked-authorities/own-keys", headers=token).json["items"][0]  # type: ignore[index]
    revoked = client.post(
        f"/api/v1/linked-authorities/own-keys/{own['id']}/revoked", json={"reason": "x"}, headers=token
    )
    assert json.loads(revoked.data)["items"][0]["standing"] == "revoked"
    assert client.get("/api/v1/linked-authorities", headers=bearer(RoleName.MANAGER)).status_code == 403

"""The second step: who is asked for one, what is taken for one, and what becomes of a lost device."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from passlib.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, PASSWORD
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Via
from tsalert.delivery.models import Mailing
from tsalert.sign_in_settings import SignInSettings
from tsalert.staff import accounts, queries, service
from tsalert.staff.cli import OPERATOR
from tsalert.staff.factors import rules
from tsalert.staff.factors.models import Authenticator, RecoveryCode
from tsalert.staff.passwords import service as passwords
from tsalert.staff.rules import FAILURES_BY_ACCOUNT, RoleName
from tsalert.staff.tokens import service as tokens

pytestmark = pytest.mark.db

KIM, LEE, ADA = "kim@example.org", "lee@example.org", "ada@example.org"
STEP = "/sign-in/second-step"


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def staff(session: Session) -> None:
    for email, role in ((KIM, RoleName.DUTY_OFFICER), (LEE, RoleName.MANAGER), (ADA, RoleName.ADMINISTRATOR)):
        name = f"{email.partition('@')[0].title()} Example"
        service.create_officer(email, name=name, roles=[role], password=PASSWORD, now=NOW)


@pytest.fixture
def demanding(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask managers and administrators for a second step, as every installation does."""
    settings = app.extensions["tsalert_settings"]
    monkeypatch.setitem(app.extensions, "tsalert_settings", replace(settings, sign_in=SignInSettings()))


class Phone:
    """An authenticator app, set up by the key that a page showed."""

    def __init__(self, page: str) -> None:
        self._codes = TOTP(key=re.search(r"Key: <span[^>]*>([A-Z2-7 ]+)<", page)[1])  # type: ignore[index]

    def code(self, *, steps: int = 0) -> str:
        moment = datetime.now(UTC) + timedelta(seconds=30 * steps)
        return str(self._codes.generate(time=int(moment.timestamp())).token)


def give_password(app: Flask, email: str = KIM, path: str = "/sign-in?next=/account") -> FlaskClient:
    browser = app.test_client()
    assert browser.post(path, data={"email": email, "password": PASSWORD}).status_code == 303
    return browser


def set_up(browser: FlaskClient) -> tuple[Phone, list[str]]:
    """Set up an app, and return it with the recovery codes that were shown."""
    phone = Phone(browser.get("/account/second-step/app").text)
    made = browser.post("/account/second-step/app", data={"code": phone.code()})
    assert made.status_code == 200, made.text
    return phone, re.findall(r"<code>(.*?)</code>", made.text)


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def test_after_the_password_nobody_is_signed_in_before_the_code(
    app: Flask, staff: None, noon: time_machine.Traveller
) -> None:
    phone, _ = set_up(give_password(app))
    noon.shift(60)
    browser = app.test_client()
    answer = browser.post("/sign-in?next=/account", data={"email": KIM, "password": PASSWORD})
    assert (answer.location, is_in(browser)) == (STEP, False)
    assert browser.get("/api/v1/account/shortcut").status_code == 401
    assert browser.post(f"{STEP}/code", data={"code": "000000"}).status_code == 422
    taken = browser.post(f"{STEP}/code", data={"code": phone.code()})
    assert (taken.status_code, taken.location, is_in(browser)) == (303, "/account", True)


def test_a_new_password_leaves_the_second_step(app: Flask, staff: None) -> None:
    set_up(give_password(app))
    new = {"email": KIM, "password": "purple otter lamp"}
    passwords.set_for(KIM, new["password"], now=NOW, by=OPERATOR)
    browser = app.test_client()
    assert browser.post("/sign-in", data=new).location == STEP
    assert not is_in(browser)


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_a_telephones_clock_may_be_half_a_minute_wrong(
    app: Flask, staff: None, noon: time_machine.Traveller, steps: int, status: int
) -> None:
    phone, _ = set_up(give_password(app))
    noon.shift(300)
    assert give_password(app).post(f"{STEP}/code", data={"code": phone.code(steps=steps)}).status_code == status


def test_a_code_counts_once_and_none_before_it_ever_again(
    app: Flask, staff: None, noon: time_machine.Traveller
) -> None:
    phone, _ = set_up(give_password(app))
    it_was_set_up_with = give_password(app).post(f"{STEP}/code", data={"code": phone.code()})
    assert it_was_set_up_with.status_code == 422
    noon.shift(300)
    code, earlier = phone.code(), phone.code(steps=-1)
    assert give_password(app).post(f"{STEP}/code", data={"code": f" {code[:3]} {code[3:]} "}).status_code == 303
    refused = give_password(app).post(f"{STEP}/code", data={"code": code})
    assert (refused.status_code, "was used already" in refused.text) == (422, True)
    assert give_password(app).post(f"{STEP}/code", data={"code": earlier}).status_code == 422


def test_a_recovery_code_stands_in_once(app: Flask, session: Session, staff: None) -> None:
    _, codes = set_up(give_password(app))
    assert len(set(codes)) == 10
    browser = give_password(app)
    assert browser.post(f"{STEP}/code", data={"code": codes[3].upper().replace("-", " ")}).status_code == 303
    assert "You have 9 of 10 left" in " ".join(browser.get("/account/second-step").text.split())
    assert give_password(app).post(f"{STEP}/code", data={"code": codes[3]}).status_code == 422
    again = browser.post("/account/second-step/recovery-codes").text
    assert give_password(app).post(f"{STEP}/code", data={"code": codes[4]}).status_code == 422
    assert codes[4] not in again
    assert not {code.replace("-", "") for code in codes} & set(session.scalars(select(RecoveryCode.code_digest)))


def test_what_the_database_holds_opens_nothing(app: Flask, session: Session, staff: None) -> None:
    browser = give_password(app)
    key = re.search(r"Key: <span[^>]*>([A-Z2-7 ]+)<", browser.get("/account/second-step/app").text)[1]  # type: ignore[index]
    set_up(browser)
    assert key.replace(" ", "") not in session.scalars(select(Authenticator.sealed_key)).one()


def test_a_key_sealed_under_a_former_secret_still_opens(
    app: Flask, staff: None, noon: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _ = set_up(give_password(app))
    noon.shift(60)
    settings = app.extensions["tsalert_settings"]
    moved = replace(settings, secret_key="n" * 40, old_secret_keys=(settings.secret_key,))
    monkeypatch.setitem(app.extensions, "tsalert_settings", moved)
    assert give_password(app).post(f"{STEP}/code", data={"code": phone.code()}).status_code == 303


def test_setting_one_up_ends_every_other_session(app: Flask, staff: None) -> None:
    here, elsewhere = give_password(app), give_password(app)
    set_up(here)
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_wrong_codes_lock_the_account_and_wrong_passwords_count_with_them(app: Flask, staff: None) -> None:
    _, codes = set_up(give_password(app))
    app.test_client().post("/sign-in", data={"email": KIM, "password": "a guess"})
    browser = give_password(app)
    tries = [browser.post(f"{STEP}/code", data={"code": "000000"}).status_code for _ in range(FAILURES_BY_ACCOUNT)]
    assert tries == [422] * (FAILURES_BY_ACCOUNT - 1) + [403]
    assert browser.post(f"{STEP}/code", data={"code": codes[0]}).status_code == 403
    assert "Too many tries" in app.test_client().post("/sign-in", data={"email": KIM, "password": PASSWORD}).text


def test_the_second_step_waits_ten_minutes_and_for_the_same_password(
    app: Flask, session: Session, staff: None, noon: time_machine.Traveller
) -> None:
    phone, codes = set_up(give_password(app))
    late = give_password(app)
    noon.shift(601)
    assert late.get(STEP).location == "/sign-in"
    assert late.post(f"{STEP}/code", data={"code": phone.code()}).status_code == 403
    stale = give_password(app)
    queries.get_officer(session, KIM).fs_uniquifier = "another mark"
    session.commit()
    assert stale.post(f"{STEP}/code", data={"code": codes[0]}).status_code == 403


@pytest.mark.parametrize(
    "wanted", ["https://evil.example.com/", "//evil.example.com", "/\\evil.example.com", "/\t/evil.example.com", "evil"]
)
def test_neither_step_leads_to_another_site(app: Flask, staff: None, wanted: str) -> None:
    browser = app.test_client()
    first = browser.post("/sign-in", query_string={"next": wanted}, data={"email": KIM, "password": PASSWORD})
    assert first.location == "/"
    _, codes = set_up(browser)
    browser = app.test_client()
    browser.post("/sign-in", query_string={"next": wanted}, data={"email": KIM, "password": PASSWORD})
    assert browser.post(f"{STEP}/code", data={"code": codes[0]}).location == "/"


def test_a_role_that_needs_one_is_led_to_it_and_nowhere_else(app: Flask, staff: None, demanding: None) -> None:
    manager, duty = give_password(app, LEE), give_password(app, KIM)
    assert duty.get("/board").status_code == 200
    assert manager.get("/board").location == "/account/second-step"
    assert manager.post("/incidents/1/close").status_code == 403
    assert "Your role needs a second step" in manager.get("/account/second-step").text
    set_up(manager)
    assert manager.get("/board").status_code == 200
    kept = manager.post("/account/second-step/app/remove")
    assert (kept.status_code, "Set up another one" in kept.text) == (422, True)


def test_in_a_demonstration_nobody_needs_one(
    app: Flask, staff: None, demanding: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TSALERT_DEMO", value=True)
    assert give_password(app, LEE).get("/board").status_code == 200


def test_whoever_needs_none_may_take_theirs_away(app: Flask, session: Session, staff: None) -> None:
    browser = give_password(app)
    set_up(browser)
    assert browser.post("/account/second-step/app/remove").status_code == 303
    assert session.scalars(select(RecoveryCode)).all() == []
    assert is_in(give_password(app))


def test_a_change_asks_for_the_password_after_five_minutes(
    app: Flask, staff: None, noon: time_machine.Traveller
) -> None:
    browser = give_password(app)
    set_up(browser)
    noon.shift(301)
    for path in ("app/remove", "recovery-codes"):
        assert browser.post(f"/account/second-step/{path}").status_code == 422
    assert browser.post("/account/second-step/recovery-codes", data={"password": PASSWORD}).status_code == 200


def test_every_form_that_needs_the_password_again_asks_for_it(
    app: Flask, session: Session, staff: None, noon: time_machine.Traveller
) -> None:
    browser, lee = give_password(app, ADA), queries.get_officer(session, LEE).id
    officer = queries.get_officer(session, ADA)
    set_up(browser)
    own, aid = "/account/second-step", f"/sign-in-help/{lee}"
    account = tokens.make_account("Case system", "Reads.", actor=queries.actor_of(officer, Via.PAGE), now=NOW)
    pages = (
        own, f"{own}/app", aid, f"{aid}/second-step", "/account/tokens", "/account/duty", "/staff/new", f"/staff/{lee}",
        f"/service-accounts/{account}", "/outgoing-webhooks", "/linked-authorities", "/wall-displays",
    )  # fmt: skip
    assert not any('name="password"' in browser.get(path).text for path in pages)
    noon.shift(301)
    for path in pages:
        assert 'name="password"' in browser.get(path).text, path
    queries.get_officer(session, ADA).password = None
    session.commit()
    for path in pages:
        assert 'name="password"' not in browser.get(path).text, path


def test_a_lost_device_needs_a_second_person_who_knows_of_it(app: Flask, session: Session, staff: None) -> None:
    working = give_password(app)
    set_up(working)
    ids = {each: queries.get_officer(session, each).id for each in (KIM, LEE, ADA)}
    ada, path = give_password(app, ADA), f"/sign-in-help/{ids[KIM]}/second-step"
    assert give_password(app, LEE).post(path, data={"witness_id": ids[ADA], "reason": "x"}).status_code == 403
    assert "Kim Example</option>" not in ada.get(path).text
    for witness, reason in ((ids[ADA], "Lost"), (ids[KIM], "Lost"), ("", "Lost"), (ids[LEE], "")):
        assert ada.post(path, data={"witness_id": witness, "reason": reason}).status_code == 422
    told = {"witness_id": ids[LEE], "reason": "Lee was there when the telephone fell into the pond."}
    own = ada.post(f"/sign-in-help/{ids[ADA]}/second-step", data=told)
    assert (own.status_code, "Ask another administrator" in own.text) == (422, True)
    assert ada.post(path, data=told).status_code == 303
    assert not is_in(working)
    assert is_in(give_password(app))
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "second step reset")).one()
    assert (event.officer_id, event.subject_id, event.detail) == (ids[ADA], ids[KIM], {"witness": ids[LEE]})
    (change,) = accounts.changes_of(session, ids[KIM])
    assert (change.what, change.reason, change.by) == ("second step reset", told["reason"], "Ada Example")
    assert any("named you as knowing" in text for text in session.scalars(select(Mailing.text)))
    assert ada.post(path, data=told).status_code == 422


def test_the_interface_tells_what_one_has_and_resets_what_was_lost(
    app: Flask, session: Session, staff: None, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    set_up(give_password(app))
    own = {"Authorization": f"Bearer {service.issue_token(KIM, now=NOW)}"}
    told = client.get("/api/v1/account/sign-in/second-step", headers=own).get_json()
    assert (told["recovery_codes_left"], told["passkeys"], told["is_needed"]) == (10, [], False)
    kim, lee = (queries.get_officer(session, each).id for each in (KIM, LEE))
    head, why = bearer(RoleName.ADMINISTRATOR), {"witness_id": lee, "reason": "Lost on the bus."}
    listed = client.get("/api/v1/sign-in-help", headers=head).get_json()["items"]
    assert {each["email"]: each["has_second_step"] for each in listed}[KIM] is True
    assert client.post(f"/api/v1/sign-in-help/{kim}/second-step/reset", json=why, headers=own).status_code == 403
    assert client.post(f"/api/v1/sign-in-help/{kim}/second-step/reset", json=why, headers=head).status_code == 204
    assert queries.get_officer(session, KIM).second_step_since is None


@given(st.text(rules.RECOVERY_ALPHABET, min_size=16, max_size=16))
def test_a_recovery_code_is_read_however_it_was_copied(code: str) -> None:
    shown = rules.in_groups(code)
    assert {
        rules.read_code(each) for each in (code, shown, shown.upper(), f" {shown} ", shown.replace("-", " - "))
    } == {code}
    assert not rules.is_of_app(code)


@given(st.sets(st.sampled_from(list(RoleName)), min_size=1), st.sets(st.sampled_from([*RoleName, "all"])))
def test_a_second_step_is_needed_exactly_where_a_role_asks_for_it(held: set[str], required: set[str]) -> None:
    assert rules.needs_second_step(held, required) is ("all" in required or bool(held & required))


def test_no_form_of_signing_in_is_taken_without_its_token(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)
    ours = {"signing_in", "second_step", "own_second_step", "passwords", "sign_in_help", "desk"}
    rules_of_ours = [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ours]
    forms = [re.sub("<.*?>", "1", rule.rule) for rule in rules_of_ours if "POST" in (rule.methods or ())]
    assert len(forms) == 16
    assert {client.post(path, data={"password": PASSWORD}).status_code for path in forms} <= {400, 401}


def test_who_guesses_many_codes_at_once_is_told_of_no_more_than_who_guesses_one_by_one(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        service.create_officer(KIM, name="Kim Example", roles=[RoleName.DUTY_OFFICER], password=PASSWORD, now=NOW)
    set_up(give_password(fresh_app))
    browsers, start = [give_password(fresh_app) for _ in range(12)], Barrier(12)

    def guess(browser: FlaskClient) -> str:
        start.wait()
        return browser.post(f"{STEP}/code", data={"code": "000000"}).text

    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(guess, browsers))
    assert sum("That code is not right" in page for page in told) == FAILURES_BY_ACCOUNT
    assert sum("Too many tries" in page for page in told) == 12 - FAILURES_BY_ACCOUNT

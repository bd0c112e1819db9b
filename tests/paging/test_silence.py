"""STOP from an officer's own mobile: told at once, shown where it matters, worked round, and mended by START."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.paging.conftest import BACKUP, MANAGER, PRIMARY, PUBLIC, Night, Team, at
from tests.rota.conftest import give_mobile
from tests.standins.called import Call, Post
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.delivery.ports import Rejected
from tsalert.delivery.rules import SuppressionReason
from tsalert.notify_settings import NotifySettings
from tsalert.paging import queries
from tsalert.response import dispatching
from tsalert.response.dispatching import NewMilestone
from tsalert.response.missed import alarm_missed
from tsalert.response.models import Call as LoggedCall
from tsalert.response.steps import Step
from tsalert.rota import mobiles, presenting, silence
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

Text = Callable[[str, str], str]
Page = Callable[..., int]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let texts come in shortly after noon, and pages be read then."""
    for module in ("inbound.views", "rota.views", "rota.own_views", "app"):
        monkeypatch.setattr(f"tsalert.{module}.utc_now", lambda: at(45))


def silent() -> list[tuple[str, datetime]]:
    return [(each.name, each.since) for each in silence.silent_officers(db.session())]


def test_stop_from_an_officers_mobile_is_told_to_the_manager_and_the_officer_at_once(
    session: Session, team: Team, night: Night, text: Text
) -> None:
    assert text(PRIMARY, " Stop. ") == ""
    assert silent() == [("Pat Primary", at(45))]
    told = [(each.channel, each.to, each.words) for each in night.sent]
    (to_manager,) = [words for channel, to, words in told if (channel, to) == ("sms", MANAGER)]
    assert to_manager == (
        "Testshire: Pat Primary texted STOP: pages by text do not reach them, we ring instead. "
        "They must text START to us."
    )
    assert len(to_manager) <= 160
    assert [each.subject for each in night.sent if each.channel == "email"] == [
        "Texts no longer reach Pat Primary",
        "Your mobile takes no more texts from us",
    ]
    assert {to for channel, to, _ in told if channel == "sms"} == {MANAGER}
    acts = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "officer")).all()
    assert "texts stopped" in acts


def test_stop_from_the_managers_own_mobile_is_texted_to_every_other_manager(
    session: Session, officer: Callable[..., Actor], team: Team, night: Night, text: Text
) -> None:
    other = officer(RoleName.MANAGER, name="Other Manager")
    assert other.officer_id is not None
    give_mobile(session, other.officer_id, "+447700900504")
    session.commit()
    text(MANAGER, "STOP")
    assert {each.to for each in night.sent if each.channel == "sms"} == {"+447700900504"}


def test_a_second_stop_is_no_news_and_a_residents_stop_is_none_of_it(team: Team, night: Night, text: Text) -> None:
    text("+447700900999", "STOP")
    assert night.sent == []
    text(PRIMARY, "STOP")
    before = len(night.sent)
    text(PRIMARY, "STOPALL")
    assert len(night.sent) == before


def test_pages_ring_whoever_gets_no_texts_at_once(team: Team, night: Night, page: Page, text: Text) -> None:
    text(PRIMARY, "STOP")
    page()
    night.tick(0)
    assert ("voice", PRIMARY) in night.reached
    assert ("sms", PRIMARY) not in night.reached
    night.tick(300)
    assert ("sms", BACKUP) in night.reached


def test_news_of_a_missed_call_goes_to_the_next_on_duty_whom_texts_reach(
    session: Session, team: Team, night: Night, text: Text
) -> None:
    text(PRIMARY, "STOP")
    text("+447700900888", "A man is at my door")
    before = len(night.sent)
    assert alarm_missed(at(60)) == 1
    assert [(each.channel, each.to) for each in night.sent[before:]] == [("sms", BACKUP)]


def test_an_officer_on_scene_whom_no_text_reaches_is_rung_and_says_by_key_that_they_are_safe(
    team: Team, night: Night, page: Page, text: Text, ring: Callable[..., Call]
) -> None:
    text(PRIMARY, "STOP")
    incident_id = page()
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=team.primary, now=at(100))
    night.tick(100 + 30 * 60)
    (check,) = [each for each in night.sent if each.words.startswith("Are you safe")]
    assert (check.channel, check.to) == ("voice", PRIMARY)
    call = ring(check, "presses:21")
    assert "Press 1 if you are" in call.heard[0]
    assert call.answers[0] == check.words
    assert call.answers[-1].startswith("Safe at R ")
    assert any(line.startswith("Said to be safe, Pat Primary") for line in night.story(incident_id))


def test_whoever_plans_the_rota_reads_who_takes_no_texts(session: Session, team: Team, text: Text) -> None:
    text(PRIMARY, "STOP")
    assert "Pat Primary (takes no texts)" in {name for _, name in presenting.able_officers(session)}


def test_where_no_call_is_made_the_text_is_tried_all_the_same(
    app: Flask, team: Team, night: Night, page: Page, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    text(PRIMARY, "STOP")
    notify = NotifySettings("key", sms_template="template", callback_token="t" * 32)
    chosen = replace(app.extensions["tsalert_settings"], twilio=None, notify=notify)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    page()
    night.tick(0)
    assert ("sms", PRIMARY) in night.reached


def test_start_mends_it_and_both_hear_so(team: Team, night: Night, page: Page, text: Text) -> None:
    text(PRIMARY, "STOP")
    assert text(PRIMARY, "START") == "Testshire: pages reach you by text again. Your managers know."
    assert silent() == []
    assert night.sent[-1].subject == "Texts reach Pat Primary again"
    page()
    night.tick(0)
    assert ("sms", PRIMARY) in night.reached
    assert db.session().scalars(select(LoggedCall).where(LoggedCall.line == "rapid_sms")).all() == []


def test_start_of_an_officer_who_never_stopped_is_read_by_a_person(team: Team, night: Night, text: Text) -> None:
    text(PRIMARY, "START")
    assert len(db.session().scalars(select(LoggedCall).where(LoggedCall.line == "rapid_sms")).all()) == 1


def test_a_new_mobile_takes_texts_again(session: Session, team: Team, text: Text) -> None:
    text(PRIMARY, "STOP")
    mobiles.hold_mobile(session, team.primary.officer_id or 0, "+447700900777", actor=team.primary, now=at(100))
    session.commit()
    assert silent() == []


def test_the_rota_the_officers_page_and_every_page_warn(
    session: Session, team: Team, text: Text, signed_in: Callable[..., FlaskClient]
) -> None:
    desk = signed_in(RoleName.MANAGER)
    assert "Texts do not reach" not in desk.get("/rota").text
    text(PRIMARY, "STOP")
    for path in ("/rota", f"/rota/officers/{team.primary.officer_id}", "/calls", "/board"):
        assert "Texts do not reach Pat Primary" in desk.get(path).text, path
    assert "No texts" in desk.get("/rota/officers").text
    text(PRIMARY, "START")
    for path in ("/rota", f"/rota/officers/{team.primary.officer_id}", "/calls", "/rota/officers"):
        shown = desk.get(path).text
        assert "Texts do not reach" not in shown, path
        assert "No texts" not in shown, path


def test_an_officers_own_page_says_how_to_mend_it(
    session: Session, text: Text, signed_in: Callable[..., FlaskClient], night: Night
) -> None:

    own = signed_in(name="Own Example")
    officer_id = session.scalars(select(Officer.id).where(Officer.name == "Own Example")).one()
    give_mobile(session, officer_id, "+447700900555")
    assert "Texts do not reach your mobile" not in own.get("/account/duty").text
    text("+447700900555", "STOP")
    assert "Texts do not reach your mobile" in own.get("/account/duty").text


def test_a_program_is_told_who_gets_no_texts(
    client: FlaskClient, team: Team, text: Text, bearer: Callable[..., dict[str, str]]
) -> None:
    text(PRIMARY, "STOP")
    answer = client.get("/api/v1/rota/silent-mobiles", headers=bearer(RoleName.MANAGER))
    assert [each["officer_id"] for each in answer.get_json()["items"]] == [team.primary.officer_id]
    assert client.get("/api/v1/rota/silent-mobiles", headers=bearer(RoleName.DUTY_OFFICER)).status_code == 403


def test_a_stop_that_we_never_heard_of_is_learnt_from_the_refused_page(team: Team, night: Night, page: Page) -> None:
    night.answer = Rejected("21610: the recipient has replied STOP", SuppressionReason.OPTED_OUT)
    page()
    night.tick(1)
    assert [name for name, _ in silent()] == ["Pat Primary"]
    assert "Texts no longer reach Pat Primary" in {each.subject for each in night.sent}


def test_a_stop_that_we_never_heard_of_is_learnt_from_what_becomes_of_a_page_that_was_taken(
    team: Team, night: Night, page: Page, post: Post
) -> None:
    page()
    night.tick(1)
    (number,) = [each.id for each in night.sent if (each.channel, each.to) == ("sms", PRIMARY)]
    told = {"MessageSid": f"SM{number:032}", "MessageStatus": "failed", "ErrorCode": "21610"}
    assert post(f"{PUBLIC}/webhooks/twilio/status", told)[0] == 204
    assert [name for name, _ in silent()] == ["Pat Primary"]


def test_news_of_a_page_from_before_their_start_silences_nobody_again(
    team: Team, night: Night, page: Page, post: Post, text: Text
) -> None:
    page()
    night.tick(1)
    (number,) = [each.id for each in night.sent if (each.channel, each.to) == ("sms", PRIMARY)]
    text(PRIMARY, "STOP")
    text(PRIMARY, "START")
    told = {"MessageSid": f"SM{number:032}", "MessageStatus": "failed", "ErrorCode": "21610"}
    assert post(f"{PUBLIC}/webhooks/twilio/status", told)[0] == 204
    assert silent() == []


def test_a_page_that_is_refused_for_another_reason_silences_nobody(team: Team, night: Night, page: Page) -> None:
    night.answer = Rejected("21614: not a mobile", SuppressionReason.BOUNCED)
    page()
    night.tick(1)
    assert silent() == []


def test_where_notify_sends_the_texts_stop_holds_no_page_back(
    app: Flask, team: Team, night: Night, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    notify = NotifySettings("key", sms_template="template", callback_token="t" * 32)
    chosen = replace(app.extensions["tsalert_settings"], notify=notify)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    text(PRIMARY, "STOP")
    assert silent() == []


def test_a_silent_officer_off_duty_stands_on_the_rota_and_above_no_page(
    session: Session, team: Team, text: Text, officer: Callable[..., Actor]
) -> None:

    off_duty = officer(name="Olli Off")
    give_mobile(session, off_duty.officer_id or 0, "+447700900666")
    text("+447700900666", "STOP")
    assert [name for name, _ in silent()] == ["Olli Off"]
    assert queries.troubles(session, now=at(50)) == []

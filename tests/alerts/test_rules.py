from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.alerts import rules
from tsalert.alerts.beginning import CaseFacts, begin_from
from tsalert.alerts.link_rules import check_links
from tsalert.alerts.rules import Channel, Draft
from tsalert.core.clock import london_midnight
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
TOPICS = {"doorstep": "Doorstep crime"}
GOOD = Draft("Roofers in Bickley", "They knock.", "doorstep", (Channel.EMAIL,), NOW + timedelta(days=7))


def test_a_good_draft_passes() -> None:
    rules.check_draft(GOOD, topics=TOPICS, now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"headline": "  "}, "headline", id="no headline"),
        pytest.param({"headline": "x" * 121}, "headline", id="a headline too long"),
        pytest.param({"headline": "Stop\r\nBcc: all@example.org"}, "headline", id="a forged header"),
        pytest.param({"headline": "Stop\u2028now"}, "headline", id="a hidden line break"),
        pytest.param({"body": " \n"}, "body", id="no text"),
        pytest.param({"body": "x" * 20_001}, "body", id="a text too long"),
        pytest.param({"body": "x" * 1_000_000}, "body", id="a megabyte"),
        pytest.param({"body": "Go to ((unsubscribe_link))"}, "body", id="delivery's own marker"),
        pytest.param({"advice": "x" * 2_001}, "advice", id="advice too long"),
        pytest.param({"sms": "x" * 601}, "sms", id="a text message too long"),
        pytest.param({"topic": "gardening"}, "topic", id="an unknown topic"),
        pytest.param({"channels": ()}, "channels", id="no channel"),
        pytest.param({"expires_at": NOW}, "expires_at", id="ending now"),
        pytest.param({"expires_at": NOW - timedelta(days=1)}, "expires_at", id="ended yesterday"),
        pytest.param({"expires_at": NOW + timedelta(days=367)}, "expires_at", id="ending after a year"),
        pytest.param({"expires_at": datetime.max.replace(tzinfo=UTC)}, "expires_at", id="ending with the calendar"),
    ],
)
def test_a_draft_that_could_not_be_sent_is_refused_beside_its_field(change: dict[str, Any], field: str) -> None:
    with refused(field=field):
        rules.check_draft(replace(GOOD, **change), topics=TOPICS, now=NOW)


@pytest.mark.parametrize("headline", ["Scam \N{POLICE CAR} call", "Caffè \u201cÆ\u201d £5", "x" * 120])
def test_emoji_and_accents_may_stand_in_a_headline(headline: str) -> None:
    rules.check_draft(replace(GOOD, headline=headline), topics=TOPICS, now=NOW)


@pytest.mark.parametrize("field", ["body", "advice"])
@pytest.mark.parametrize(
    "link",
    [
        "https://other.example/x",
        "http://alerts.example.gov.uk.other.example",
        "https://alerts.example.gov.uk@other.example",
        "https://sub.alerts.example.gov.uk/",
        "//other.example",
        "https:other.example",
        "ftp://alerts.example.gov.uk/",
        "https://[other.example/",
        "/check",
    ],
)
def test_a_link_that_leads_elsewhere_is_refused_by_name_beside_its_field(field: str, link: str) -> None:
    words = {"body": "They knock.", "advice": "Say no."} | {field: f"See [our site]({link})."}
    with refused(field=field) as found:
        check_links(words["body"], words["advice"], public_url="https://alerts.example.gov.uk")
    assert found.value.message.startswith(f"Take out the link to {link.replace('[', '%5B')}: ")
    assert "alerts.example.gov.uk only" in found.value.message


@given(st.text(alphabet="<>()[]:/@%\\.#?htpsmailo\u2100\u212a e", max_size=60))
def test_whatever_is_typed_is_either_without_such_links_or_refused(typed: str) -> None:
    try:
        check_links(f"[a](https://{typed})", f"<https:{typed}>", public_url="https://alerts.example.gov.uk")
    except RuleViolation as error:
        assert error.field in {"body", "advice"}  # noqa: PT017 - either answer is right, any other error is not


@pytest.mark.parametrize(
    "words",
    [
        "<https://alerts.example.gov.uk/check>",
        "[Check it](https://ALERTS.example.gov.uk:443/check/TS-2026-014?a=b#c)",
        "[Write](mailto:ts@example.org) or [ring](tel:01632960001)",
        "Look at www.example.org or example.org/help.",
    ],
)
def test_links_to_this_site_and_addresses_as_words_pass(words: str) -> None:
    check_links(words, words, public_url="https://alerts.example.gov.uk")


def test_a_body_of_exactly_the_limit_passes() -> None:
    rules.check_draft(replace(GOOD, body="x" * 20_000), topics=TOPICS, now=NOW)


def test_who_wrote_any_of_it_cannot_approve_it() -> None:
    rules.require_other_eyes({1, 2}, 3)
    for officer_id in (1, 2):
        with refused(NotAllowed, "You wrote some of this alert"):
            rules.require_other_eyes({1, 2}, officer_id)
    with refused(NotAllowed, "Only an officer can approve"):
        rules.require_other_eyes({1, 2}, None)


def test_who_sent_it_alone_cannot_review_that() -> None:
    rules.require_other_reviewer(1, 2)
    for officer_id in (1, None):
        with refused(NotAllowed, "You sent this alert yourself"):
            rules.require_other_reviewer(1, officer_id)


def test_an_approval_of_another_text_is_refused() -> None:
    rules.require_same("a", "a")
    with refused(Conflict, "changed since you read it", legal=["read it again"]):
        rules.require_same("a", "b")


@given(
    st.dictionaries(st.sampled_from(["subject", "text", "wards"]), st.text(max_size=5)),
    st.dictionaries(st.sampled_from(["subject", "text", "wards"]), st.text(max_size=5)),
)
def test_only_the_same_words_have_the_same_digest(one: dict[str, str], other: dict[str, str]) -> None:
    assert (rules.digest(one) == rules.digest(other)) == (one == other)


@pytest.mark.parametrize("reason", ["", "   ", "urgent", " urgent      "])
def test_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    with refused(field="reason"):
        rules.check_reason(reason)


def test_an_alert_to_nobody_is_refused() -> None:
    rules.check_audience(1)
    with refused(RuleViolation, "Nobody would get this alert"):
        rules.check_audience(0)


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("TS-2026-014", "TS-2026-014"),
        (" ts 2026 14 ", "TS-2026-014"),
        ("ts2026-14", "TS-2026-014"),
        ("TS\u20132026\u20141234", "TS-2026-1234"),
        ("T S, 2 0 2 6, 0 1 4.", "TS-2026-014"),
        ("(TS-2026-014).", "TS-2026-014"),
        ("ts-2O26-Ol4", "TS-2026-014"),
        ("TS-2026-", None),
        ("TS-2026-1234567890", None),
        ("TS-٢٠٢٦-014", None),
        ("R26-00062-A", None),
        ("", None),
        ("TS-2026-014'; --", None),
    ],
)
def test_a_reference_is_read_however_it_was_typed(typed: str, reference: str | None) -> None:
    assert rules.read_reference(typed) == reference


def test_an_alert_begun_from_a_case_says_what_where_and_how_and_no_more() -> None:
    begun = begin_from(CaseFacts("Doorstep crime", "Roofing", "doorstep", "Bickley"))
    assert begun == {
        "headline": "Doorstep crime (roofing) in Bickley",
        "body": "We have had a report of doorstep crime (roofing) in Bickley. The first contact was at the door.",
    }


def test_an_alert_begun_from_a_case_does_without_what_is_not_known() -> None:
    begun = begin_from(CaseFacts("Scam", "Other", "unknown", None))
    assert begun == {"headline": "Scam (other)", "body": "We have had a report of scam (other)."}


def test_a_ward_is_found_by_code_or_name_in_any_letter_case() -> None:
    known = {"bickley": "E05013987", "e05013987": "E05013987", "penge": "Penge"}
    assert rules.settle_wards(["BICKLEY", "e05013987", "Penge"], known) == ("E05013987", "Penge")


def test_an_unknown_ward_is_refused_rather_than_missed() -> None:
    with refused(RuleViolation, "There is no ward Bickly here", field="wards"):
        rules.settle_wards(["Bickly"], {"bickley": "Bickley"})


@pytest.mark.parametrize(
    ("name", "longest"), [("headline", 120), ("body", 20_000), ("advice", 2_000), ("sms", 600), ("voice", 600)]
)
def test_each_text_has_its_limit_and_takes_no_mark_of_delivery(name: str, longest: int) -> None:
    def check(text: str) -> None:
        changes: dict[str, Any] = {name: text}
        rules.check_draft(replace(GOOD, **changes), topics=TOPICS, now=NOW)

    check(("x" * 9 + " ") * (longest // 10))
    with refused(RuleViolation, f"Keep this to {longest:,} characters or fewer", field=name):
        check("x" * (longest + 1))
    for mark in ("((unsubscribe_link))", "((acknowledge_link))", "((partner_mark))"):
        with refused(RuleViolation, f"Take out {mark}: ", field=name):
            check(f"See {mark}")


def test_words_of_a_call_can_be_said_in_time() -> None:
    with refused(RuleViolation, "Keep this to what can be said in", field="voice"):
        rules.check_draft(replace(GOOD, voice="1234567890 " * 50), topics=TOPICS, now=NOW)


def test_an_alert_ends_later_than_now_and_within_a_year() -> None:
    second, year = timedelta(seconds=1), timedelta(days=366)
    for left in (second, year):
        rules.check_expiry(NOW + left, NOW)
    with refused(RuleViolation, "The alert must end in the future", field="expires_at"):
        rules.check_expiry(NOW, NOW)
    with refused(RuleViolation, "The alert must end within a year", field="expires_at"):
        rules.check_expiry(NOW + year + second, NOW)


def test_a_reason_is_kept_without_the_spaces_around_it() -> None:
    assert rules.check_reason("  ten signs.  ") == "ten signs."
    assert rules.check_public_reason(" " + "x" * 499) == "x" * 499
    with refused(RuleViolation, "Give a reason of at least 10 characters", field="reason"):
        rules.check_reason(" nine sig ")
    with refused(RuleViolation, "Keep this to 500 characters or fewer", field="reason"):
        rules.check_public_reason("x" * 501)
    with refused(RuleViolation, "at least 10", field="reason"):
        rules.check_public_reason("short")


def test_a_draft_says_what_it_is_about_how_it_goes_and_something() -> None:
    with refused(RuleViolation, "Choose one of these topics: doorstep", field="topic"):
        rules.check_draft(replace(GOOD, topic="x"), topics=TOPICS, now=NOW)
    with refused(RuleViolation, "Choose at least one way", field="channels"):
        rules.check_draft(replace(GOOD, channels=()), topics=TOPICS, now=NOW)
    with refused(RuleViolation, "Enter some text", field="body"):
        rules.check_draft(replace(GOOD, body=" "), topics=TOPICS, now=NOW)
    with refused(RuleViolation, "Write the headline on one line", field="headline"):
        rules.check_draft(replace(GOOD, headline="a\nb"), topics=TOPICS, now=NOW)


def test_a_digest_is_that_of_canonical_json() -> None:
    assert rules.digest({"b": 1, "a": "é"}) == sha256(b'{"a":"\\u00e9","b":1}').hexdigest()


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 6, 11), date(2026, 10, 25), date(2026, 12, 31)])
def test_the_last_day_of_an_alert_is_one_on_which_it_applies(day: date) -> None:
    midnight = london_midnight(day + timedelta(days=1))
    assert rules.last_day(midnight) == day
    assert rules.last_day(midnight + timedelta(seconds=1)) == day + timedelta(days=1)
    assert rules.last_day(london_midnight(day) + timedelta(hours=12)) == day


def test_a_first_alert_continues_nothing() -> None:
    assert rules.follow_up_of("TS-2026-001", rules.Kind.ALERT) == ""


def test_a_withdrawn_all_clear_is_not_told_as_a_withdrawn_warning() -> None:
    said = rules.follow_up_of("TS-2026-002", rules.Kind.CANCEL, of=rules.Kind.ALL_CLEAR)
    assert said == "We have withdrawn our all-clear TS-2026-002."
    told = {rules.follow_up_of("TS-2026-002", rules.Kind.CANCEL, of=of) for of in (rules.Kind.ALERT, rules.Kind.UPDATE)}
    assert told == {"We have withdrawn our alert TS-2026-002."}

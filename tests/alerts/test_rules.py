from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts import rules
from tsalert.alerts.beginning import CaseFacts, begin_from
from tsalert.alerts.linking import check_links
from tsalert.alerts.rules import Channel, Draft
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
    with pytest.raises(RuleViolation) as refused:
        rules.check_draft(replace(GOOD, **change), topics=TOPICS, now=NOW)
    assert refused.value.field == field


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
    with pytest.raises(RuleViolation) as refused:
        check_links(words["body"], words["advice"], public_url="https://alerts.example.gov.uk")
    assert refused.value.field == field
    assert refused.value.message.startswith(f"Take out the link to {link.replace('[', '%5B')}: ")
    assert "alerts.example.gov.uk only" in refused.value.message


@given(st.text(alphabet="<>()[]:/@%\\.#?htpsmailo\u2100\u212a e", max_size=60))
def test_whatever_is_typed_is_either_without_such_links_or_refused(typed: str) -> None:
    try:
        check_links(f"[a](https://{typed})", f"<https:{typed}>", public_url="https://alerts.example.gov.uk")
    except RuleViolation as refused:
        assert refused.field in {"body", "advice"}  # noqa: PT017 - either answer is right, any other error is not


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
    for officer_id in (1, 2, None):
        with pytest.raises(NotAllowed):
            rules.require_other_eyes({1, 2}, officer_id)


def test_who_sent_it_alone_cannot_review_that() -> None:
    rules.require_other_reviewer(1, 2)
    for officer_id in (1, None):
        with pytest.raises(NotAllowed):
            rules.require_other_reviewer(1, officer_id)


def test_an_approval_of_another_text_is_refused() -> None:
    rules.require_same("a", "a")
    with pytest.raises(Conflict, match="changed since you read it"):
        rules.require_same("a", "b")


@given(
    st.dictionaries(st.sampled_from(["subject", "text", "wards"]), st.text(max_size=5)),
    st.dictionaries(st.sampled_from(["subject", "text", "wards"]), st.text(max_size=5)),
)
def test_only_the_same_words_have_the_same_digest(one: dict[str, str], other: dict[str, str]) -> None:
    assert (rules.digest(one) == rules.digest(other)) == (one == other)


@pytest.mark.parametrize("reason", ["", "   ", "urgent", " urgent      "])
def test_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        rules.check_reason(reason)
    assert refused.value.field == "reason"


def test_an_alert_to_nobody_is_refused() -> None:
    rules.check_audience(1)
    with pytest.raises(RuleViolation, match="Nobody would get this alert"):
        rules.check_audience(0)


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("TS-2026-014", "TS-2026-014"),
        (" ts 2026 14 ", "TS-2026-014"),
        ("ts2026-14", "TS-2026-014"),
        ("TS\u20132026\u20141234", "TS-2026-1234"),
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
    with pytest.raises(RuleViolation, match="There is no ward Bickly here") as refused:
        rules.settle_wards(["Bickly"], {"bickley": "Bickley"})
    assert refused.value.field == "wards"

"""Who is meant, what an import may change, what a choice changes."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from tests.refusals import refused
from tsalert.delivery.rules import Channel
from tsalert.subscribers import rules
from tsalert.subscribers.rules import Changes, EndedReason, Frequency, Held, Kind, Source


class Known(Struct, frozen=True):
    name: str | None
    has_email: bool = False


ANN, BOB, NAMELESS = Known("Ann Example"), Known("Bob Example", has_email=True), Known(None)


@pytest.mark.parametrize(
    ("name", "by_email", "by_phone", "gives_email", "expected"),
    [
        pytest.param("Ann Example", [], [], True, None, id="nobody-is-known"),
        pytest.param("Another Name", [ANN], [], True, ANN, id="the-email-decides-whatever-the-name"),
        pytest.param("bob example", [ANN, BOB], [], True, BOB, id="of-two-at-an-email-the-namesake"),
        pytest.param("Cat Example", [], [ANN], True, None, id="a-shared-phone-and-a-new-email-is-a-new-person"),
        pytest.param("ANN EXAMPLE", [], [ANN], True, ANN, id="the-phone-and-the-name-fit"),
        pytest.param("Cat Example", [], [ANN], False, ANN, id="the-phone-alone-is-the-key-of-who-has-nothing-else"),
        pytest.param("Cat Example", [], [BOB], False, None, id="the-phone-of-somebody-known-by-email"),
        pytest.param(None, [], [NAMELESS], False, NAMELESS, id="no-name-on-either-side"),
    ],
)
def test_a_row_is_about_the_reader_of_its_address(
    name: str | None,
    by_email: Sequence[Known],
    by_phone: Sequence[Known],
    expected: Known | None,
    *,
    gives_email: bool,
) -> None:
    assert rules.same_person(name, by_email, by_phone, gives_email=gives_email) is expected


def imported(topic: str, ended: EndedReason | None = None, frequency: str = "immediate") -> Held:
    return Held(topic, frequency, Source.IMPORT, ended)


def chosen(topic: str, ended: EndedReason | None = None) -> Held:
    return Held(topic, "weekly", Source.WEB, ended)


LEFT, STOPPED = EndedReason.UNSUBSCRIBED, EndedReason.STOP_TEXT


@pytest.mark.parametrize(
    ("held", "topics", "frequency", "expected"),
    [
        pytest.param([], (), None, Changes(start=("all",)), id="somebody-new-gets-all-topics"),
        pytest.param([], ("scams",), None, Changes(start=("scams",)), id="somebody-new-gets-the-topics-named"),
        pytest.param([imported("all")], ("all",), None, Changes(), id="the-same-file-again"),
        pytest.param([imported("all")], (), None, Changes(), id="no-topic-named-changes-none"),
        pytest.param(
            [imported("all")], ("scams",), None, Changes(start=("scams",), end=(0,)), id="the-file-names-another-topic"
        ),
        pytest.param([chosen("all")], ("scams",), None, Changes(start=("scams",)), id="their-own-choice-stays"),
        pytest.param([chosen("all")], (), "daily", Changes(), id="their-own-frequency-stays"),
        pytest.param([imported("all")], ("all",), "daily", Changes(retime=(0,)), id="the-file-names-another-frequency"),
        pytest.param([imported("all", LEFT)], ("all",), None, Changes(), id="one-who-left-stays-away"),
        pytest.param([imported("all", STOPPED)], ("scams",), None, Changes(), id="one-who-texted-stop-stays-away"),
        pytest.param(
            [imported("all", EndedReason.REPLACED), imported("scams")],
            ("all",),
            None,
            Changes(start=("all",), end=(1,)),
            id="what-an-earlier-file-left-out-may-come-back",
        ),
        pytest.param(
            [imported("scams", EndedReason.BY_OFFICER), imported("all")],
            ("all", "scams"),
            None,
            Changes(),
            id="what-they-had-an-officer-end-is-not-started-again",
        ),
    ],
)
def test_an_import_changes_only_what_imports_gave(
    held: list[Held], topics: tuple[str, ...], frequency: str | None, expected: Changes
) -> None:
    assert rules.changes_by_import(held, topics, frequency) == expected


HELD = st.builds(
    Held,
    st.sampled_from(["all", "scams", "doorstep-crime"]),
    st.sampled_from([*Frequency]),
    st.sampled_from([*Source]),
    st.sampled_from([None, *EndedReason]),
)


@given(st.lists(HELD), st.lists(st.sampled_from(["all", "scams"])), st.sampled_from([None, *Frequency]))
def test_no_import_ever_brings_back_somebody_who_left(held: list[Held], topics: list[str], often: str | None) -> None:
    left = any(one.ended_reason in {LEFT, STOPPED, EndedReason.BY_OFFICER} for one in held)
    if left and not any(one.ended_reason is None for one in held):
        assert rules.changes_by_import(held, topics, often) == Changes()


@given(st.lists(HELD), st.lists(st.sampled_from(["all", "scams"])), st.sampled_from([None, *Frequency]))
def test_a_choice_ends_nothing_and_starts_nothing_twice(held: list[Held], topics: list[str], often: str | None) -> None:
    changes = rules.changes_by_choice(held, topics, often)
    assert changes.end == ()
    assert not set(changes.start) & {one.topic for one in held if one.ended_reason is None}


def test_coming_back_starts_what_was_stopped_and_not_what_a_file_took_away() -> None:
    held = [imported("all", EndedReason.REPLACED), imported("scams", STOPPED), chosen("scams", LEFT)]
    assert rules.changes_by_return(held).start == ("scams",)
    assert rules.changes_by_return([*held, chosen("doorstep-crime")]) == Changes()


def test_what_an_officer_ended_comes_back_for_a_resident_and_not_for_a_partners_contact() -> None:
    held = [chosen("all", EndedReason.BY_OFFICER)]
    assert rules.changes_by_return(held).start == ("all",)
    assert rules.changes_by_return(held, Kind.PARTNER) == Changes()


@pytest.mark.parametrize(
    ("name", "readers", "expected"),
    [
        pytest.param(None, [ANN, BOB], ANN, id="without-a-name-the-first"),
        pytest.param("bob example", [ANN, BOB], BOB, id="the-namesake"),
        pytest.param("Cat Example", [ANN, NAMELESS], NAMELESS, id="one-whose-name-was-not-known"),
        pytest.param("Cat Example", [ANN], None, id="somebody-new-at-a-shared-address"),
        pytest.param(None, [], None, id="nobody-yet"),
    ],
)
def test_who_of_a_shared_address_asks(name: str | None, readers: list[Known], expected: Known | None) -> None:
    assert rules.same_reader(name, readers) is expected


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" Pat@Example.ORG ", (Channel.EMAIL, "Pat@example.org")),
        ("07700 900123", (Channel.SMS, "+447700900123")),
        ("020 7946 0123", (Channel.VOICE, "+442079460123")),
    ],
)
def test_one_field_takes_an_email_address_or_a_number(typed: str, read: tuple[Channel, str]) -> None:
    assert rules.read_contact(typed, allow_drama=True) == read


@pytest.mark.parametrize(
    "typed", ["", "pat", "pat@", "@example.org", "a@b\r\nBcc: c@example.org", "07700", "+1 202 555 0100", "\x00", "999"]
)
def test_what_is_neither_is_refused_beside_its_field(typed: str) -> None:
    with refused(field="contact"):
        rules.read_contact(typed, allow_drama=True)


def test_all_makes_other_topics_needless_and_none_means_all() -> None:
    assert rules.tidy_topics(["scams", "all"]) == ("all",)
    assert rules.tidy_topics([]) == ("all",)
    assert rules.tidy_topics(["scams", "doorstep-crime", "scams"]) == ("doorstep-crime", "scams")

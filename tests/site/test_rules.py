"""How an officer reads what a resident reported, and what is said where a report is not taken."""

from tsalert.response.vocabulary import MoneyState
from tsalert.site import rules
from tsalert.site.rules import Report


def test_a_report_reads_as_it_was_written_and_holds_what_a_call_has_no_field_for() -> None:
    bare = Report("Two men on the roof.", is_now=True, money=MoneyState.NONE)
    full = Report(
        "Two men on the roof.", is_now=True, money=MoneyState.NONE, began="this morning", contact="a@example.org"
    )
    unsaid = Report("Two men on the roof.", is_now=True)
    assert rules.story_of(bare, can_be_rung=False) == "Two men on the roof."
    assert rules.story_of(unsaid, can_be_rung=False) == (
        "Two men on the roof.\nThey did not say whether money was asked for or paid."
    )
    assert rules.story_of(full, can_be_rung=True) == "Two men on the roof.\nWhen: this morning"
    assert rules.story_of(full, can_be_rung=False) == (
        "Two men on the roof.\nWhen: this morning\nHow to reach them: a@example.org"
    )


def test_whoever_is_refused_is_told_whom_to_ring() -> None:
    assert rules.refuse_more("0300 123").message == (
        "Too many reports have come in, so this one was not taken. Send it again in an hour. "
        "If you need help now, ring us on 0300 123."
    )
    assert rules.refuse_more("").message.endswith("in an hour. If you need help now, ring us.")
    assert rules.refuse_machine("0300 123").message == (
        "Our check against machines stopped this report. Press the button once more, or ring us on 0300 123."
    )
    assert rules.refuse_machine("").message.endswith("Press the button once more, or ring us.")

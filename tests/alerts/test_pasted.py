"""What is read out of a message that somebody pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.alerts.pasted import leads_elsewhere, references_in

OURS = "https://alerts.example.org"


@pytest.mark.parametrize(
    ("message", "references"),
    [
        ("Alert TS-2026-014: roofers", ["TS-2026-014"]),
        ("ts 2026 14 and TS2026-015", ["TS-2026-014", "TS-2026-015"]),
        ("TS\u20112026\u2011014 with dashes of a mail program", ["TS-2026-014"]),
        ("twice TS-2026-014, TS-2026-014", ["TS-2026-014"]),
        ("BITS-2026-014 TS-20-1 TS-2026-1234567890", []),
        ("", []),
    ],
)
def test_numbers_are_found_in_a_message(message: str, references: list[str]) -> None:
    assert references_in(message) == references


@pytest.mark.parametrize(
    ("message", "is_foreign"),
    [
        ("see https://alerts.example.org/check/TS-2026-014", False),
        ("see HTTPS://ALERTS.EXAMPLE.ORG/x", False),
        ("see https://alerts.example.org.fraud.example/check", True),
        ("see https://alerts.example.org@fraud.example/", True),
        ("see www.fraud.example", True),
        ("see fraud.example/pay", True),
        ("see -fraud.example/pay or ..fraud.example/pay", True),
        ("see ...alerts.example.org/check", False),
        ("see http://[broken/", True),
        ("no link at all. Ring 999", False),
    ],
)
def test_sites_that_are_not_ours_are_told_apart(message: str, *, is_foreign: bool) -> None:
    assert leads_elsewhere(message, OURS) is is_foreign


@pytest.mark.parametrize("row", ["a.", "a-", "www.", "TS-2026-", "https://", "-.", "aa.bb.", "TS .-"])
def test_a_message_that_is_made_to_be_slow_is_read_at_once(row: str) -> None:
    """Twenty times as long as anybody may send; were each place in it a beginning, this would take hours."""
    leads_elsewhere(row * 500_000, OURS)
    references_in(row * 500_000)


@given(st.text(max_size=500))
def test_any_message_can_be_read(message: str) -> None:
    references_in(message)
    leads_elsewhere(message, OURS)

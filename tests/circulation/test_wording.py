"""What partners copy for their readers says whom to ring, how to check it and how to join."""

from msgspec.structs import replace

from tests.alerts.test_wording import HEAD, LINK
from tests.conftest import NOW
from tsalert.circulation.wording import Told, pass_on

TOLD = Told("TS-2026-014", "Roofers in Bickley", "They *knock*.", "Say no.", NOW)


def test_an_alert_for_an_email_or_a_page_says_whom_to_ring_and_999_without_a_number_too() -> None:
    made, silent = (pass_on(TOLD, head, code=None) for head in (HEAD, replace(HEAD, rapid_response_number="")))
    for words in (made.text, made.html):
        assert "Is it happening to you now? Ring 07700 900461. In danger, ring 999." in words
        assert LINK in words
    for words in (silent.text, silent.html):
        assert "Ring" not in words
        assert "In danger, ring 999." in words

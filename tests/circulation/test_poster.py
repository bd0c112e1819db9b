"""The poster with a partner's code leads to the list whoever reads it, with a smartphone or without."""

import pytest

from tests.conftest import NOW
from tsalert.circulation.poster import Invitation, poster
from tsalert.documents.description import Paragraph

ADDRESS = "https://alerts.example.org/join?partner=BCDF2345"


@pytest.mark.parametrize(
    ("ring", "texted", "said"),
    [
        ("07700 900461", "+441632960000", "You can text JOIN BCDF2345 to 01632 960000 or ring 07700 900461"),
        ("07700 900461", None, "You can ring 07700 900461 and say the code BCDF2345."),
        ("", None, ""),
    ],
)
def test_who_has_no_internet_joins_by_text_or_telephone_and_counts_for_the_partner(
    ring: str, texted: str | None, said: str
) -> None:
    told = Invitation(ADDRESS, "BCDF2345", "Penge library", "Testshire", ring, texted)
    words = [each.text for each in poster(told, now=NOW).blocks if isinstance(each, Paragraph)]
    assert ADDRESS in words
    assert any(said in each for each in words)
    assert any("No internet?" in each for each in words) is bool(said)

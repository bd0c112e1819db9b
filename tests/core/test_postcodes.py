"""What is a postcode and how it is written."""

import pytest

from tsalert.core.errors import RuleViolation
from tsalert.core.postcodes import part_address, read_postcode


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        pytest.param("BR1 3UH", "BR1 3UH", id="as-the-post-office-writes-it"),
        pytest.param("br13uh", "BR1 3UH", id="small-letters-without-a-space"),
        pytest.param("  S e1\t6 xz ", "SE1 6XZ", id="spaces-anywhere"),
        pytest.param("w1a 1aa", "W1A 1AA", id="a-letter-at-the-end-of-the-first-half"),
        pytest.param("EC1A 1BB", "EC1A 1BB", id="the-longest"),
        pytest.param("tn163aa", "TN16 3AA", id="two-digits"),
        pytest.param("GIR 0AA", "GIR 0AA", id="the-girobank"),
    ],
)
def test_a_postcode_is_written_one_way(typed: str, written: str) -> None:
    assert read_postcode(typed) == written


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "BR1",
        "BR1 3U",
        "BR1 3UHX",
        "BR1 3CI",
        "1BR 3UH",
        "BR111 3UH",
        "QR1 3UH",
        "BR1\x003UH",
        "BR\u0661 3UH",
        "None",
    ],
)
def test_what_cannot_be_a_postcode_is_refused(typed: str) -> None:
    with pytest.raises(RuleViolation, match="full postcode"):
        read_postcode(typed)


@pytest.mark.parametrize(
    ("typed", "address", "postcode"),
    [
        ("1 Example Road, BR1 3UH", "1 Example Road", "BR1 3UH"),
        ("1 Example Road br13uh. ", "1 Example Road", "BR1 3UH"),
        ("br1 3uh", "", "BR1 3UH"),
        ("BR1 3UH, the blue door", "BR1 3UH, the blue door", "BR1 3UH"),
        ("BR1 3UH, now at BR1 3UJ", "BR1 3UH, now at BR1 3UJ", "BR1 3UH"),
        ("Flat 3, 1 Example Road", "Flat 3, 1 Example Road", None),
        ("1 Example Road, BR1", "1 Example Road, BR1", None),
        ("1 Example Road, QR1 3UH", "1 Example Road, QR1 3UH", None),
        ("", "", None),
    ],
)
def test_a_postcode_that_ends_an_address_is_taken_off_it(typed: str, address: str, postcode: str | None) -> None:
    assert part_address(typed) == (address, postcode)

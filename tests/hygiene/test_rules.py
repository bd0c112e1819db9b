"""When an address counts as dead, and which spellings are one mailbox."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.hygiene import rules


def test_an_address_is_dead_after_three_days_among_its_last_alerts() -> None:
    assert [rules.is_dead(days) for days in (2, 3, 4)] == [False, True, True]


@pytest.mark.parametrize(
    ("ended", "size", "is_held"),
    [
        (9, 0, False),
        (10, 0, True),
        (9, 1000, False),
        (99, 5000, False),
        (100, 5000, True),
        (100, 5049, True),
        (100, 5050, False),
    ],
)
def test_more_than_a_share_of_an_audience_is_ended_by_a_person_alone(ended: int, size: int, *, is_held: bool) -> None:
    assert rules.must_hold(ended, size, percent=2) is is_held


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("A.Nne.X+news@GoogleMail.com", "annex@gmail.com"),
        ("anne.x+a+b@gmail.com", "annex@gmail.com"),
        ("Anne.X+news@Outlook.com", "anne.x@outlook.com"),
        ("anne+a+b@outlook.com", "anne@outlook.com"),
        ("Anne.X+news@example.org", "anne.x+news@example.org"),
        ('"a@b"@gmail.com', '"a@b"@gmail.com'),
        ('"a@b"@example.org', '"a@b"@example.org'),
    ],
)
def test_a_mailbox_is_known_in_its_spellings_where_we_know_that_they_are_one(address: str, mailbox: str) -> None:
    assert rules.mailbox_of(address) == mailbox


def test_the_domains_with_spellings_are_known() -> None:
    domains = rules.spelled_domains()
    assert domains == tuple(dict.fromkeys(domains))
    assert all(rules.mailbox_of(f"a+b@{domain}").startswith("a@") for domain in domains)
    assert {"gmail.com", "googlemail.com", "icloud.com"} <= {*domains}
    assert list(domains[2:]) == sorted(domains[2:])
    assert "example.org" not in domains


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)), st.integers(0, 40))
def test_so_many_months_back_are_so_many_months_on(day: date, months: int) -> None:
    month = rules.back(rules.month_of(day), months)
    for _ in range(months):
        assert month.day == 1
        month = rules.next_month(month)
    assert month == day.replace(day=1)

"""The invented parts add up to what was published."""

import csv
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tsalert.demo.amounts import split_count, split_pounds
from tsalert.demo.lists import subscriber_lines
from tsalert.demo.people import household


@given(st.integers(1, 60), st.data())
def test_parts_always_add_up_to_their_total(parts: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(parts * 10, 1_000_000))
    shares = split_pounds(total, parts, seed=data.draw(st.integers(0, 100)))
    assert (sum(shares), len(shares), min(shares) >= 1) == (total, parts, True)
    assert sum(split_count(total, parts)) == total


def test_the_list_holds_650_subscribers_who_reach_47000() -> None:
    rows = list(csv.DictReader(subscriber_lines()))
    addresses = [row["email"] or row["phone"] for row in rows]
    assert (len(rows), len(set(addresses))) == (650, 650)
    assert sum(int(row["declared_reach"] or 0) for row in rows) == 47_000
    assert Counter(row["kind"] for row in rows) == {"partner": 50, "resident": 600}


def test_everybody_is_marked_as_invented() -> None:
    assert all("(invented)" in household(number).name for number in range(200))
    assert all("(invented)" in row["name"] for row in csv.DictReader(subscriber_lines()))

"""One that fails keeps no other waiting, and is not hidden."""

import pytest

from tsalert.core.one_by_one import one_by_one


def test_everything_is_tried_and_what_failed_is_told_afterwards() -> None:
    tried = []

    def act(number: int) -> bool:
        tried.append(number)
        if number % 2:
            raise KeyError(number)
        return True

    with pytest.raises(ExceptionGroup) as told:
        one_by_one(range(5), act)
    assert tried == [0, 1, 2, 3, 4]
    assert [fault.args for fault in told.value.exceptions] == [(1,), (3,)]


def test_it_counts_for_how_many_something_was_done() -> None:
    assert one_by_one(range(5), lambda number: number > 2) == 2
    assert one_by_one((), lambda _: True) == 0

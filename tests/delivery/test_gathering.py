"""What many bring at one moment is done together, once each, and told to whom it concerns."""

from collections.abc import Sequence
from threading import Event, Thread

import pytest

from tsalert.delivery.gathering import Gathering


def brought(gathering: Gathering[str], item: str, errors: dict[str, str]) -> Thread:
    def bring() -> None:
        try:
            gathering.do(item)
        except ValueError as error:
            errors[item] = str(error)

    thread = Thread(target=bring)
    thread.start()
    return thread


@pytest.mark.parametrize("bad", [(), ("two",)])
def test_what_comes_while_another_is_at_it_is_done_together(bad: Sequence[str]) -> None:
    done: list[list[str]] = []
    errors: dict[str, str] = {}
    began, may_go_on, rest_is_there = Event(), Event(), Event()

    def act(items: Sequence[str]) -> None:
        if not done and items == ["first"]:
            began.set()
            assert may_go_on.wait(30)
        if set(items) & set(bad):
            raise ValueError("not this one")
        done.append(list(items))

    gathering = Gathering(act)
    threads = [brought(gathering, "first", errors)]
    assert began.wait(30)
    threads += [brought(gathering, item, errors) for item in ("one", "two", "three")]
    while len(gathering) < 3:
        rest_is_there.wait(0.01)
    may_go_on.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    together = sorted(sorted(items) for items in done[1:])
    assert together == ([["one"], ["three"]] if bad else [["one", "three", "two"]])
    assert errors == dict.fromkeys(bad, "not this one")


def test_what_one_brings_alone_is_done_at_once() -> None:
    done: list[str] = []
    gathering = Gathering(done.extend)
    for item in ("one", "two"):
        gathering.do(item)
    assert done == ["one", "two"]

"""What many bring at one moment is done together, once each, and told to whom it concerns."""

from collections.abc import Sequence
from threading import Event, Thread

import pytest

from tests.standins.processes import eventually
from tsalert.delivery.gathering import Gathering


class Desk:
    """Does one thing, and whatever came meanwhile only once all of it is there.

    :param refuses: what it cannot do; :param stops: whether whoever does the rest for all is stopped the first time.
    :param patience: how long it waits for as many as came lately.
    """

    def __init__(self, refuses: Sequence[str] = (), *, stops: bool = False, patience: float = 0) -> None:
        self._refuses, self._stops = refuses, stops
        self.done: list[list[str]] = []
        self.errors: dict[str, str] = {}
        self._began, self._may_go_on = Event(), Event()
        self.gathering = Gathering(self._act, patience=patience)

    def rush(self, *rest: str, late: str | None = None) -> None:
        """Bring the first, the rest while it is at work, one more once it has left; return once nobody waits."""
        threads = [self._bring("first")]
        assert self._began.wait(30)
        threads += [self._bring(item) for item in rest]
        eventually(lambda: len(self.gathering) == len(rest), every=0.01)
        self._may_go_on.set()
        if late:
            threads[0].join(30)
            threads.append(self._bring(late))
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()

    def _bring(self, item: str) -> Thread:
        thread = Thread(target=self._do, args=(item,), daemon=True)
        thread.start()
        return thread

    def _do(self, item: str) -> None:
        try:
            self.gathering.do(item)
        except (ValueError, SystemExit) as error:
            self.errors[item] = str(error)

    def _act(self, items: Sequence[str]) -> None:
        if items == ["first"]:
            self._began.set()
            assert self._may_go_on.wait(30)
        elif self._stops:
            self._stops = False
            raise SystemExit("stopped")
        if set(items) & set(self._refuses):
            raise ValueError("not this one")
        self.done.append(list(items))


@pytest.mark.parametrize("bad", [(), ("two",)])
def test_what_comes_while_another_is_at_it_is_done_together(bad: Sequence[str]) -> None:
    desk = Desk(bad)
    desk.rush("one", "two", "three")
    together = sorted(sorted(items) for items in desk.done[1:])
    assert together == ([["one"], ["three"]] if bad else [["one", "three", "two"]])
    assert desk.errors == dict.fromkeys(bad, "not this one")


def test_where_whoever_does_it_for_all_is_stopped_the_others_do_it_themselves() -> None:
    desk = Desk(stops=True)
    desk.rush("one", "two", "three")
    (stopped,) = desk.errors
    assert sorted(item for items in desk.done[1:] for item in items) == sorted({"one", "two", "three"} - {stopped})
    assert len(desk.gathering) == 0


def test_as_many_as_came_lately_are_waited_for() -> None:
    desk = Desk(patience=30)
    desk.rush("one", "two", late="three")
    assert [sorted(items) for items in desk.done] == [["first"], ["one", "three", "two"]]


def test_those_who_do_not_come_are_waited_for_once() -> None:
    desk = Desk(patience=0.01)
    desk.rush("one", "two")
    assert [sorted(items) for items in desk.done] == [["first"], ["one", "two"]]


def test_what_one_brings_alone_is_done_at_once() -> None:
    done: list[str] = []
    gathering = Gathering(done.extend, patience=3600)
    for item in ("one", "two"):
        gathering.do(item)
    assert done == ["one", "two"]

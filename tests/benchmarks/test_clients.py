"""That what is measured is added up as it should be."""

from tests.benchmarks.paging import PAGES, Result
from tests.benchmarks.public_clients import Crowd, summary


def test_a_kind_that_nobody_asked_for_in_a_short_run_has_no_times() -> None:
    crowd = Crowd({"page": lambda _: "200", "feed": lambda _: "200"}, ["page", "feed"], a_second=10, seconds=0.1)
    crowd.run()
    told = summary(crowd, good={"200"})
    assert (told["n"], told["bad"]) == (1, {})
    assert {kind: sorted(times) for kind, times in told["by_kind"].items()} == {  # type: ignore[attr-defined]
        "page": ["p50", "p95", "p99"],
        "feed": [],
    }
    assert {rank: len(seconds) for rank, seconds in told["by_second"].items()} == {"p50": 1, "p95": 1, "p99": 1}  # type: ignore[attr-defined]


def test_pages_that_nothing_waited_behind_show_nothing() -> None:
    assert Result("SQLite", 3, PAGES, 0.1, 0.2).keeps_its_promise()
    assert not Result("SQLite", 0, PAGES, 0.1, 0.2).keeps_its_promise()

"""Residents as a process of their own: they ask at a steady pace, and print how long each answer took since it was due.

``python -m tests.benchmarks.public_clients URL A_SECOND SECONDS PATH…`` asks for the paths in turn, each on a new
connection as a stranger's browser does, and prints one JSON document.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Event, Thread
from time import perf_counter
from urllib.parse import urlsplit

_THREADS = 24
_PERCENTILES = (50, 95, 99)
# Makes the request of a number, and returns its status, or the name of what broke.
Ask = Callable[[int], str]


class Crowd:
    """So many requests a second, each due at its own moment; whichever thread is free takes the next.

    :param asks: how each kind of request is made.
    :param order: the kinds in turn, over and over.

    ``took`` has the seconds of each answer by kind, ``took_in`` those of what was due in each second of the run.
    """

    def __init__(self, asks: Mapping[str, Ask], order: Sequence[str], a_second: int, seconds: float) -> None:
        self._asks, self._order, self._pace = asks, order, a_second
        self._most = int(a_second * seconds)
        self._next, self._begun, self._pause = count(), perf_counter() + 0.2, Event()
        self.took: dict[str, list[float]] = {kind: [] for kind in asks}
        self.took_in: defaultdict[int, list[float]] = defaultdict(list)
        self.answers: Counter[str] = Counter()

    def run(self) -> None:
        """Ask until every request was made and answered."""
        threads = [Thread(target=self._ask_on) for _ in range(_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask_on(self) -> None:
        while (number := next(self._next)) < self._most:
            due = self._begun + number / self._pace
            self._pause.wait(max(0.0, due - perf_counter()))
            kind = self._order[number % len(self._order)]
            answer = self._asks[kind](number)
            took = perf_counter() - due
            self.took[kind].append(took)
            self.took_in[number // self._pace].append(took)
            self.answers[answer] += 1


def fetch(address: str, path: str, _number: int) -> str:
    """Read a page as a stranger's browser does, over a connection of its own."""
    connection = HTTPConnection(address, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
    return str(answer.status)


def percentiles(took: Sequence[float]) -> dict[str, float]:
    """Return the milliseconds at some percentiles, by nearest rank; none of a kind that nobody asked for."""
    if not took:
        return {}
    ordered = sorted(took)
    return {f"p{rank}": round(ordered[-(-len(ordered) * rank // 100) - 1] * 1000, 1) for rank in _PERCENTILES}


def summary(crowd: Crowd, *, good: Collection[str]) -> dict[str, object]:
    """Return how many answers came, milliseconds in all, by kind and by second, and what went wrong.

    By second there is a list for each percentile, in which a burst shows that waits have in common.
    """
    every = [each for took in crowd.took.values() for each in took]
    bad = {answer: number for answer, number in crowd.answers.items() if answer not in good}
    by_kind = {kind: percentiles(took) for kind, took in crowd.took.items()}
    seconds = [percentiles(crowd.took_in[second]) for second in sorted(crowd.took_in)]
    by_second = {f"p{rank}": [second[f"p{rank}"] for second in seconds] for rank in _PERCENTILES}
    return {"n": len(every), **percentiles(every), "bad": bad, "by_kind": by_kind, "by_second": by_second}


def main(site: str, a_second: int, seconds: float, paths: Sequence[str]) -> None:
    """Ask, and print what was seen."""
    asks = {path: partial(fetch, urlsplit(site).netloc, path) for path in paths}
    crowd = Crowd(asks, paths, a_second, seconds)
    crowd.run()
    print(json.dumps(summary(crowd, good={"200"})))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])

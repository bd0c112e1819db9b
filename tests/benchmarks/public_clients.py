"""Residents as a process of their own: they ask at a steady pace, and print how long each answer took since it was due.

``python -m tests.benchmarks.public_clients URL A_SECOND SECONDS PATH…`` asks for the paths in turn, each on a new
connection as a stranger's browser does, and prints one JSON document.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Event, Thread
from time import perf_counter
from urllib.parse import urlsplit

_THREADS = 24
_PERCENTILES = (50, 95, 99)


class Crowd:
    """So many requests a second, each due at its own moment; whichever thread is free takes the next."""

    def __init__(self, address: str, paths: Sequence[str], a_second: int, seconds: float) -> None:
        self._address, self._paths, self._pace = address, paths, a_second
        self._most = int(a_second * seconds)
        self._next, self._begun, self._pause = count(), perf_counter() + 0.2, Event()
        self.took: dict[str, list[float]] = {path: [] for path in paths}
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
            path = self._paths[number % len(self._paths)]
            answer = self._ask(path)
            self.took[path].append(perf_counter() - due)
            self.answers[answer] += 1

    def _ask(self, path: str) -> str:
        connection = HTTPConnection(self._address, timeout=30)
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
    """Return the milliseconds at some percentiles, by nearest rank."""
    ordered = sorted(took)
    return {f"p{rank}": round(ordered[-(-len(ordered) * rank // 100) - 1] * 1000, 1) for rank in _PERCENTILES}


def main(site: str, a_second: int, seconds: float, paths: Sequence[str]) -> None:
    """Ask, and print what was seen."""
    crowd = Crowd(urlsplit(site).netloc, paths, a_second, seconds)
    crowd.run()
    every = [each for took in crowd.took.values() for each in took]
    bad = {answer: number for answer, number in crowd.answers.items() if answer != "200"}
    by_path = {path: percentiles(took) for path, took in crowd.took.items()}
    print(json.dumps({"n": len(every), **percentiles(every), "bad": bad, "by_path": by_path}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])

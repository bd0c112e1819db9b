"""Officers and boards as a process of their own: they save calls and poll, and print how long each answer took.

``python -m tests.benchmarks.response_clients URL OFFICERS PAUSE BOARDS SECONDS MARK`` reads the cookies of people who
are signed in from its input, acts for so many seconds and prints one JSON document. PAUSE is what an officer waits
between two calls, more or less; MARK is written into each call, so that they can be counted afterwards.
"""

import json
import re
import sys
from collections import Counter
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Event, Thread
from time import perf_counter
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from msgspec import Struct, field

from tests.benchmarks.invented import HAPPENING, POSTCODES, WARDS, address, full_name

POLL_SECONDS = 5.0
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_OPENED = re.compile(r'name="opened" value="([^"]+)"')


class Browser(Struct):
    """One person's browser: its cookie, and how long each answer took in seconds."""

    address: str
    cookie: str = ""
    took: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    etag: str = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Send one request over a connection of its own and read the whole answer."""
        connection = HTTPConnection(self.address, timeout=30)
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form else None, {"Cookie": self.cookie} | headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        self.etag = answer.getheader("ETag") or self.etag
        connection.close()
        return answer.status, text

    def timed(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> int:
        """Send one request and remember how long it took; a connection that breaks is an answer too."""
        started = perf_counter()
        try:
            status, _ = self.ask(method, path, form, **headers)
        except (OSError, HTTPException) as error:
            status = 0
            self.answers[type(error).__name__] += 1
        self.took.append(perf_counter() - started)
        self.answers[str(status)] += 1
        return status


def act(people: list[Browser], *, officers: int, pause: float, seconds: float, mark: str) -> dict[str, object]:
    """Let the first few save calls as officers do and the rest poll as boards; returns what was seen."""
    stop = Event()
    threads = [Thread(target=_save, args=(each, pause, stop, mark, n)) for n, each in enumerate(people[:officers])]
    threads += [Thread(target=_poll, args=(each, stop, n)) for n, each in enumerate(people[officers:])]
    for thread in threads:
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return {
        "saves": summary(people[:officers], good={"303"}),
        "polls": summary(people[officers:], good={"200", "304"}),
        "saves_a_second": round(sum(len(each.took) for each in people[:officers]) / seconds, 1),
    }


def summary(people: list[Browser], *, good: set[str]) -> dict[str, object]:
    """Return how many answers came, the milliseconds at three percentiles by nearest rank, and what went wrong."""
    took = sorted(length for each in people for length in each.took)
    answers = sum((each.answers for each in people), Counter[str]())
    ranks = {f"p{rank}": round(took[-(-len(took) * rank // 100) - 1] * 1000, 1) for rank in (50, 95, 99) if took}
    bad = {answer: number for answer, number in answers.items() if answer not in good}
    return {"n": len(took), **ranks, "answers": dict(answers), "bad": bad, "good": sum(answers[each] for each in good)}


def _save(browser: Browser, pause: float, stop: Event, mark: str, number: int) -> None:
    rng = Random(f"{mark} {number}")
    hidden = open_form(browser)
    while not stop.wait(pause * rng.uniform(0.5, 1.5)):
        browser.timed("POST", "/calls", hidden | invent_call(rng, mark))


def open_form(browser: Browser) -> dict[str, str]:
    """Open the form for a call, and return what it holds unseen."""
    _, page = browser.ask("GET", "/calls/new")
    return {"csrf_token": _TOKEN.findall(page)[0], "opened": _OPENED.findall(page)[0]}


def invent_call(rng: Random, mark: str) -> dict[str, str]:
    """Return what an officer fills in of a call."""
    told = {"line": "rapid_voice", "disposition": "new_incident", "category": "doorstep_crime", "grade": "proposed"}
    ticks = {name: "yes" for name in ("is_trader_on_site", "is_vulnerable") if rng.random() < 0.7}
    where = {"address": address(rng), "postcode": rng.choice(POSTCODES), "ward_code": rng.choice(WARDS)[0]}
    who = {"caller_name": full_name(rng), "phone": f"07700 900{rng.randrange(1000):03}", "submission": uuid4().hex}
    return told | ticks | where | who | {"happening": f"{rng.choice(HAPPENING)} {mark}", "money_state": "none"}


def _poll(browser: Browser, stop: Event, number: int) -> None:
    first = Random(number).uniform(0, POLL_SECONDS)
    while not stop.wait(first):
        headers = {"If-None-Match": browser.etag} if browser.etag else {}
        browser.timed("GET", "/board/lines", None, **headers)
        first = POLL_SECONDS


if __name__ == "__main__":
    _url, _officers, _pause, _boards, _seconds, _mark = sys.argv[1:]
    _where, _wanted = urlsplit(_url).netloc, int(_officers) + int(_boards)
    _people = [Browser(_where, cookie) for cookie in json.load(sys.stdin)[:_wanted]]
    assert len(_people) == _wanted, "too few people are signed in"
    print(json.dumps(act(_people, officers=int(_officers), pause=float(_pause), seconds=float(_seconds), mark=_mark)))

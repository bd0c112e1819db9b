"""Everybody at once as a process of their own: officers, boards, residents, programs and a provider, at a steady pace.

``python -m tests.benchmarks.mixed_clients URL A_SECOND SECONDS`` reads from its input the cookies of people who are
signed in, how many of them save calls, the bearer tokens of programs, the public pages, the programs' paths, and
what the provider posts; it prints one JSON document.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from tests.benchmarks.public_clients import Crowd, fetch, summary
from tests.benchmarks.response_clients import Browser, invent_call, open_form

# Of twenty requests, so many of each kind, well mixed.
ORDER = (
    "page", "board", "program", "page", "provider", "board", "page", "program", "page", "save",
    "page", "board", "program", "provider", "page", "program", "board", "page", "provider", "program",
)  # fmt: skip
GOOD = frozenset({"200", "204", "303", "304"})
Post = tuple[str, dict[str, str], str]


class Everybody(Struct, frozen=True):
    """Who asks, and what for."""

    address: str
    officers: Sequence[tuple[Browser, Mapping[str, str]]]
    boards: Sequence[Browser]
    tokens: Sequence[str]
    pages: Sequence[str]
    paths: Sequence[str]
    posts: Sequence[Post]

    def save(self, number: int) -> str:
        """Save a call as an officer does."""
        browser, hidden = self.officers[_turn(number, self.officers)]
        return _answered(browser, "POST", "/calls", {**hidden, **invent_call(Random(number), "mixed")})

    def look(self, number: int) -> str:
        """Ask for what changed on a board."""
        browser = self.boards[_turn(number, self.boards)]
        headers = {"If-None-Match": browser.etag} if browser.etag else {}
        return _answered(browser, "GET", "/board/lines", None, **headers)

    def read(self, number: int) -> str:
        """Read a public page."""
        return fetch(self.address, self.pages[_turn(number, self.pages)], number)

    def ask(self, number: int) -> str:
        """Ask as a program does."""
        token = self.tokens[_turn(number, self.tokens)]
        path = self.paths[_turn(number, self.paths)]
        return _answered(Browser(self.address), "GET", path, None, Authorization=f"Bearer {token}")

    def report(self, number: int) -> str:
        """Report what became of a text, as its provider does."""
        path, headers, body = self.posts[_turn(number, self.posts)]
        connection = HTTPConnection(self.address, timeout=30)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()
        return str(answer.status)


def main(site: str, a_second: int, seconds: float, told: Mapping[str, Any]) -> None:
    """Ask, and print what was seen."""
    address = urlsplit(site).netloc
    people = [Browser(address, cookie) for cookie in told["cookies"]]
    officers = [(each, open_form(each)) for each in people[: told["officers"]]]
    rest = told["tokens"], told["pages"], told["paths"], told["posts"]
    everybody = Everybody(address, officers, people[told["officers"] :], *rest)
    asks = {
        "save": everybody.save,
        "board": everybody.look,
        "page": everybody.read,
        "program": everybody.ask,
        "provider": everybody.report,
    }
    crowd = Crowd(asks, ORDER, a_second, seconds)
    crowd.run()
    print(json.dumps(summary(crowd, good=GOOD)))


def _turn(number: int, those: Sequence[object]) -> int:
    """Return whose turn it is: kinds come at fixed places of twenty requests, so twenties are counted too."""
    return (number + number // len(ORDER)) % len(those)


def _answered(browser: Browser, method: str, path: str, form: dict[str, str] | None, **headers: str) -> str:
    try:
        return str(browser.ask(method, path, form, **headers)[0])
    except (OSError, HTTPException) as error:
        return type(error).__name__


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), json.load(sys.stdin))

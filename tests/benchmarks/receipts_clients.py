"""Providers as a process of their own: they report what became of messages, over some kept connections at once.

``python -m tests.benchmarks.receipts_clients URL`` reads a JSON list of [path, headers, body] from its input, posts
each, and prints how long all of it took and what was answered other than 204.
"""

import json
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from threading import Lock, Thread
from time import perf_counter
from urllib.parse import urlsplit

_CONNECTIONS = 8
_END = b"\r\n\r\n"


class Crowd:
    """Connections that share what is to be posted."""

    def __init__(self, site: str, posts: list[tuple[str, dict[str, str], str]]) -> None:
        parts = urlsplit(site)
        self._place = (parts.hostname or "", parts.port or 80)
        self._waiting, self._lock = iter([_written(*post) for post in posts]), Lock()
        self.bad: Counter[str] = Counter()

    def run(self) -> float:
        """Post everything; returns how many seconds that took."""
        threads = [Thread(target=self._post_on) for _ in range(_CONNECTIONS)]
        began = perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return perf_counter() - began

    def _take(self) -> Iterator[bytes]:
        while True:
            with self._lock:
                request = next(self._waiting, None)
            if request is None:
                return
            yield request

    def _post_on(self) -> None:
        line = socket.create_connection(self._place)
        for request in self._take():
            try:
                answer = _ask(line, request)
            except OSError:
                # A kept connection may be shut between two requests, as every client has to know.
                line = self._anew(line)
                answer = _ask(line, request)
            status = answer.split(b" ", 2)[1].decode()
            if status != "204":
                self.bad[status] += 1
            if status != "204" or b"connection: close" in answer.lower():
                line = self._anew(line)
        line.close()

    def _anew(self, line: socket.socket) -> socket.socket:
        line.close()
        return socket.create_connection(self._place)


def _ask(line: socket.socket, request: bytes) -> bytes:
    line.sendall(request)
    answer = b""
    while _END not in answer:
        received = line.recv(65536)
        if not received:
            raise ConnectionResetError
        answer += received
    return answer


def _written(path: str, headers: dict[str, str], body: str) -> bytes:
    content = body.encode()
    head = {"Content-Length": str(len(content)), "Connection": "keep-alive"} | headers
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + content


def main(site: str) -> None:
    """Post what stands in the input, and print what was seen."""
    crowd = Crowd(site, json.load(sys.stdin))
    seconds = crowd.run()
    print(json.dumps({"seconds": round(seconds, 2), "bad": dict(crowd.bad)}))


if __name__ == "__main__":
    main(sys.argv[1])

"""A plugin of pytest that runs the tests of rules once as they are, and then against every change to the rules.

The tests are read in once. Each change has a process of its own, forked from this one, that makes it live and stops at
the first test which notices; so thousands of changes take minutes.
"""

import gc
import os
import resource
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from inspect import signature
from pathlib import Path

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

from tests.mutation.changing import Changed, function_of
from tests.mutation.selecting import ROOT, speaking_of

_LEAST_SECONDS, _TIMES = 2, 10
_ROOM = 4 * 1024**3


class Trying:
    """Tries out every change to some files of rules, and tells what survived of each file as soon as it is known."""

    def __init__(self, files: Sequence[Changed], workers: int, tell: Callable[[Changed, list[str]], None]) -> None:
        self._files, self._workers, self._tell = files, workers, tell
        self._seconds: dict[str, float] = {}
        self._hits: dict[str, list[pytest.Item]] = defaultdict(list)
        self._is_changed = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests that need nothing but what they are given: rules are pure."""
        items[:] = [item for item in items if isinstance(item, pytest.Function) and _needs_nothing(item)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests unchanged, and then against every change."""
        self._run_unchanged(session)
        for each in self._files:
            speaking = {ROOT / path for path in speaking_of(each.rules)}
            self._tell(each, self._try_out(session, each, speaking))
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> None:
        """End a process with a change as soon as a test notices; nobody reads how it failed."""
        if self._is_changed and call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            os._exit(1)

    def _run_unchanged(self, session: pytest.Session) -> None:
        set_mutant_under_test("stats")
        for item in session.items:
            state()._stats.clear()  # where mutmut keeps which functions were called
            began = time.process_time()
            _run(session, [item])
            self._seconds[item.nodeid] = time.process_time() - began
            for function in state()._stats:
                self._hits[function].append(item)
        if session.testsfailed:
            raise session.Failed("Tests fail before anything is changed.")

    def _try_out(self, session: pytest.Session, changed: Changed, speaking: Collection[Path]) -> list[str]:
        """Return the changes that survived; one that no test comes by is sure to."""
        running: dict[int, str] = {}
        survived: list[str] = []
        for name in changed.names:
            tests = [item for item in self._hits[function_of(name)] if item.path in speaking]
            if not tests:
                survived.append(name)
                continue
            if len(running) == self._workers:
                survived += _wait_for_one(running)
            running[self._fork(session, name, tests)] = name
        while running:
            survived += _wait_for_one(running)
        return survived

    def _fork(self, session: pytest.Session, name: str, tests: Sequence[pytest.Item]) -> int:
        """Begin a process in which one change is live; it ends with 0 where no test notices, or is ended."""
        child = os.fork()
        if child:
            return child
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        quickest = sorted(tests, key=lambda item: self._seconds[item.nodeid])
        # A change may make a loop endless, or a list.
        signal.setitimer(
            signal.ITIMER_PROF, _LEAST_SECONDS + _TIMES * sum(self._seconds[each.nodeid] for each in tests)
        )
        resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))
        set_mutant_under_test(name)
        gc.disable()
        self._is_changed = True
        try:
            _run(session, quickest)
        finally:
            os._exit(1 if session.testsfailed else 0)


def _needs_nothing(item: pytest.Function) -> bool:
    given = item.callspec.params if hasattr(item, "callspec") else {}
    return "database_url" not in item.fixturenames and {*signature(item.function).parameters} <= {*given}


def _run(session: pytest.Session, tests: Iterable[pytest.Item]) -> None:
    """Run tests one by one, up to the first that fails."""
    for item in tests:
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            return


def _wait_for_one(running: dict[int, str]) -> list[str]:
    """Wait until a process is over; returns its change if that survived."""
    child, status = os.wait()
    name = running.pop(child)
    return [name] if status == 0 else []

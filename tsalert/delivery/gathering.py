"""Doing at once what many requests bring at the same moment, so that they do not queue for the same rows one by one."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(slots=True, eq=False)
class _Brought(Generic[Item]):
    item: Item
    is_done: bool = False
    error: Exception | None = None


class Gathering(Generic[Item]):
    """Where threads bring what is to be done; one of them does it for all who came while another was at it.

    :param act: does all that it is given, or nothing of it.
    """

    def __init__(self, act: Callable[[Sequence[Item]], None]) -> None:
        self._act = act
        self._turn = Lock()
        self._waiting: deque[_Brought[Item]] = deque()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def do(self, item: Item) -> None:
        """Return once this was done, alone or with others.

        :raises Exception: what doing this one alone raised.
        """
        brought = _Brought(item)
        self._waiting.append(brought)
        with self._turn:
            if not brought.is_done:
                self._do_all(brought)
        if brought.error is not None:
            raise brought.error

    def _do_all(self, own: _Brought[Item]) -> None:
        together = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            self._do(together)
        finally:
            # Whoever is at it may be stopped; what the others brought is then done by the next of them.
            left = [each for each in together if not (each.is_done or each is own)]
            self._waiting.extendleft(reversed(left))

    def _do(self, together: Sequence[_Brought[Item]]) -> None:
        try:
            self._act([each.item for each in together])
        except Exception as error:  # noqa: BLE001 - whoever brought it is told
            if len(together) == 1:
                together[0].error = error
            else:
                # One that cannot be done must not take the others with it.
                for each in together:
                    self._do([each])
        for each in together:
            each.is_done = True

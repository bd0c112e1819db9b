"""Doing at once what many requests bring at the same moment, so that they do not queue for the same rows one by one."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Event
from typing import Generic, TypeVar

from msgspec import Struct, field

Item = TypeVar("Item")
# Less than it takes to do one by one what four bring.
_PATIENCE_SECONDS = 0.005


class _Brought(Struct, Generic[Item], eq=False):
    item: Item
    is_done: bool = False
    error: Exception | None = None
    # It was done, or whoever brought it is the next to do what waits.
    called: Event = field(default_factory=Event)


class Gathering(Generic[Item]):
    """Where threads bring what is to be done; one of them does it for all who came while another was at it.

    Where several came lately, whoever is next waits a moment for as many again. Who comes alone waits for nobody.

    :param act: does all that it is given, or nothing of it.
    :param patience: how many seconds it waits at most for others who may be on their way.
    """

    def __init__(self, act: Callable[[Sequence[Item]], None], *, patience: float = _PATIENCE_SECONDS) -> None:
        self._act, self._patience = act, patience
        self._arrival = Condition()
        self._waiting: deque[_Brought[Item]] = deque()
        self._is_busy = False
        self._expected = 1

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def do(self, item: Item) -> None:
        """Return once this was done, alone or with others.

        :raises Exception: what doing this one alone raised.
        """
        brought = _Brought(item)
        with self._arrival:
            self._waiting.append(brought)
            leads, self._is_busy = not self._is_busy, True
            self._arrival.notify()
        if not leads:
            brought.called.wait()
        if not brought.is_done:
            self._lead(brought)
        if brought.error is not None:
            raise brought.error

    def _lead(self, own: _Brought[Item]) -> None:
        together = self._take()
        try:
            self._do(together)
        finally:
            # Whoever is at it may be stopped; what the others brought is then done by the next of them.
            left = [each for each in together if not (each.is_done or each is own)]
            self._hand_over(left, len(together))
            for each in together:
                if each.is_done:
                    each.called.set()

    def _take(self) -> Sequence[_Brought[Item]]:
        with self._arrival:
            self._arrival.wait_for(lambda: len(self._waiting) >= self._expected, self._patience)
            return [self._waiting.popleft() for _ in range(len(self._waiting))]

    def _hand_over(self, left: Sequence[_Brought[Item]], were_together: int) -> None:
        with self._arrival:
            self._expected = were_together + len(self._waiting)
            self._waiting.extendleft(reversed(left))
            self._is_busy = bool(self._waiting)
            if self._is_busy:
                self._waiting[0].called.set()

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

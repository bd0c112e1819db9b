"""Doing something for each of many, so that one that fails keeps no other waiting."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Each = TypeVar("Each")


def one_by_one(all_of_them: Iterable[Each], act: Callable[[Each], bool]) -> int:
    """Do something for each, and return for how many it was done.

    :raises ExceptionGroup: with whatever failed, once all were tried: so it is seen that a job failed.
    """
    done, faults = 0, []
    for each in all_of_them:
        try:
            done += act(each)
        except Exception as fault:  # noqa: BLE001 - one that is faulty must not keep the others from theirs
            if isinstance(each, int):
                fault.add_note(f"number {each}")  # the log tells it (logs/faults.py)
            faults.append(fault)
    if faults:
        raise ExceptionGroup("Some of them failed, and the others were done", faults)
    return done

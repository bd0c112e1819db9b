"""Work that is done in a process of its own, which may die in the middle of it."""

import os
from collections.abc import Callable


def exit_status_of(work: Callable[[], object]) -> int:
    """Do something in a child; returns its exit status, 1 where it came to its end without dying."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

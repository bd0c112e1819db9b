"""What is told of a fault that nobody caught: where and of what kind, and not the words that Python would quote."""

import logging
import sys
import threading
from types import TracebackType

_log = logging.getLogger(__name__)


def tell_of_faults() -> None:
    """Let this process, and each of its threads, end by a fault with a line of our log."""
    sys.excepthook = _tell
    threading.excepthook = lambda told: _tell(told.exc_type, told.exc_value, told.exc_traceback)


def _tell(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or not isinstance(error, Exception):  # such as Ctrl-C, which quotes nobody
        sys.__excepthook__(kind, error or kind(), trace)
    else:
        _log.critical("ended by a fault that nobody caught", exc_info=error)

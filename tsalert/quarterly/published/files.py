"""The files of publications that one web process has made: they never change, so each is made once."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from tsalert.quarterly.writing.formats import Format

# An editable copy under the council's name would look like the report. Who must have one can ask for it.
GIVEN = (Format.PDF, Format.XLSX, Format.HTML, Format.JSON)
_MOST = 12

Key = tuple[str, Format]


class PublishedFiles:
    """Hands out the files asked for last. While one is made others wait, so that strangers keep one processor busy."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = Lock()

    def recall(self, mark: str, kind: Format, make: Callable[[], bytes]) -> bytes:
        """Return the file of a publication, or make and keep it."""
        key = (mark, kind)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
            return self._kept[key]

"""What comes with a request: only views marked for it take large files, and those never into memory."""

from collections.abc import Callable
from io import BytesIO
from threading import BoundedSemaphore
from typing import IO, Any, Protocol, TypeVar, cast

from flask import Flask, Request, current_app, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import ParseException
from msgspec import Struct
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from tsalert.core.errors import Unavailable
from tsalert.core.words import counted
from tsalert.db import db

_MULTIPART = "multipart/form-data"
# What a request may hold beside its file: with a limit meant for files, fields alone could fill the memory.
_LARGEST_FIELD, _MOST_PARTS = 2**20, 40
_ROOM_FOR_FIELDS = 2 * 2**20
# With ten parts to spare for the fields beside them.
MOST_FILES = 30
# No form of ours has a tenth of this; of empty ones a stranger's request could hold millions, and fill the memory.
_MOST_FIELDS = 5_000
# Half of a web process's threads (gunicorn.conf.py): whoever has a slow line must not keep the board from the others.
_LARGE, _LARGE_AT_ONCE = 8 * 2**20, 2
_LINES = "tsalert_large_uploads"

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Incoming(Protocol):
    """A file on its way in, written as it comes."""

    def write(self, piece: bytes) -> int:
        """Take the next piece."""
        ...

    def discard(self) -> None:
        """Leave nothing behind, unless somebody has kept the file."""
        ...


class Receiver(Struct, frozen=True):
    """Who takes a view's files: how large one may be, in bytes, and what it is written to."""

    largest: Callable[[], int]
    begin: Callable[[], Incoming]


class CountingParser(FormDataParser):
    """Reads a form that has as many fields as a form may have; the library counts those of forms with files alone."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        held = stream.read()
        if held.count(b"&") >= _MOST_FIELDS:
            raise RequestEntityTooLarge(f"A form may have up to {_MOST_FIELDS:,} fields.")
        return super()._parse_urlencoded(BytesIO(held), mimetype, content_length, options)


class WholeStream(LimitedStream):
    """A body that does not say how long it is: taken whole or refused; the library takes its beginning for all."""

    def readall(self) -> bytes:
        """Return all of it.

        :raises RequestEntityTooLarge: it is as long as what may come, or longer.
        """
        held = super().readall()
        if self.is_exhausted:
            self.on_exhausted()
        return held

    def readinto(self, buf: bytearray) -> int | None:  # type: ignore[override]
        """Read the next of it.

        :raises BadRequest: it is not in pieces that could be put together.
        """
        try:
            return super().readinto(buf)
        except ParseException as error:
            raise BadRequest("The request came in pieces that cannot be put together.") from error


class UploadRequest(Request):
    """A request whose files go straight to where its view keeps them."""

    form_data_parser_class = CountingParser
    incoming: list[Incoming]
    line: BoundedSemaphore | None = None

    @cached_property
    def stream(self) -> IO[bytes]:
        """Return what comes after the headers, which can be read once."""
        most, found = self.max_content_length, super().stream
        if self.content_length is None and most is not None and self.environ.get("wsgi.input_terminated"):
            found = cast(IO[bytes], WholeStream(self.environ["wsgi.input"], most, is_max=True))
        return found

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        receiver = _receiver(self.endpoint)
        if receiver is None:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        begun = receiver.begin()
        self.incoming.append(begun)
        return cast(IO[bytes], begun)


def receives(receiver: Receiver) -> Callable[[View], View]:
    """Mark a view as one that takes a file."""

    def mark(view: View) -> View:
        view.receiver = receiver  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    """Let marked views take large files; called after the guard, so that only who may enter can send one."""
    app.request_class = UploadRequest
    app.extensions[_LINES] = BoundedSemaphore(_LARGE_AT_ONCE)
    app.before_request(_make_room)
    app.teardown_request(_discard)


def shown_size(size: int) -> str:
    """Write a number of bytes as people read it."""
    for unit, name in ((2**30, "GB"), (2**20, "MB"), (2**10, "KB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return counted(size, "byte")


def _make_room() -> None:
    """Lift the limit of this request alone, and take its body in while no connection of the database is held."""
    asked = cast(UploadRequest, request)
    asked.incoming = []
    receiver = _receiver(asked.endpoint) if asked.mimetype == _MULTIPART else None
    if receiver is None:
        return
    largest = receiver.largest()
    asked.max_content_length = largest + _ROOM_FOR_FIELDS
    asked.max_form_memory_size, asked.max_form_parts = _LARGEST_FIELD, _MOST_PARTS
    if (asked.content_length or 0) > asked.max_content_length:
        raise RequestEntityTooLarge(f"A file may have up to {shown_size(largest)}. Nothing was kept.")
    if asked.content_length is None or asked.content_length > _LARGE:
        _take_line(asked)
    db.session.rollback()
    try:
        _ = asked.files
    except RequestEntityTooLarge as error:
        raise RequestEntityTooLarge(
            f"Up to {MOST_FILES} files and {shown_size(largest)} fit into one form. Nothing was kept."
        ) from error


def _take_line(asked: UploadRequest) -> None:
    line: BoundedSemaphore = current_app.extensions[_LINES]
    if not line.acquire(blocking=False):
        raise Unavailable("Other large files are on their way in. Nothing was kept: try again in a few minutes.")
    asked.line = line


def _discard(_error: BaseException | None) -> None:
    line = getattr(request, "line", None)
    if line is not None:
        line.release()
    for begun in getattr(request, "incoming", ()):
        begun.discard()


def _receiver(endpoint: str | None) -> Receiver | None:
    view: Any = current_app.view_functions.get(endpoint or "")
    found: Receiver | None = getattr(view, "receiver", None)
    return found

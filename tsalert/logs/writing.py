"""Writing log lines: plain or as JSON, each with what is known of the request or job that it belongs to."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.typing import Processor

from tsalert.logs import faults

# What lines may say beside their words; whatever else a library hands to the log is left out.
FACTS = ("method", "route", "status", "milliseconds", "bytes")
# These say much; those of Twilio and Notify would also write down whom a message is for.
_LOUD = {
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "twilio": logging.WARNING,
    "notifications_python_client": logging.ERROR,
    "urllib3": logging.ERROR,
}
_Line = MutableMapping[str, Any]


class OurHandler(logging.StreamHandler[TextIO]):
    """The handler of this program, known among others."""


def write_logs(*, as_json: bool, level: int = logging.INFO, stream: TextIO | None = None) -> OurHandler:
    """Write what this process says from now on; a second call takes the place of the first.

    :param stream: where to; standard error if left out.
    """
    handler = OurHandler(stream or sys.stderr)
    handler.setFormatter(line_formatter(as_json=as_json))
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each, OurHandler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level)
    for library, loudest in _LOUD.items():
        logging.getLogger(library).setLevel(loudest)
    return handler


def line_formatter(*, as_json: bool) -> logging.Formatter:
    """Return what turns a record of Python's logging into a line of ours."""
    known: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        ExtraAdder(FACTS),
        _describe_fault,
        _hide_addresses,
    ]
    draw: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else _plain_line
    return ProcessorFormatter(foreign_pre_chain=known, processors=[ProcessorFormatter.remove_processors_meta, draw])


def _describe_fault(_logger: object, _method: str, line: _Line) -> _Line:
    told = line.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else None
    if error is not None:
        line["fault"] = faults.describe(error)
    return line


def _hide_addresses(_logger: object, _method: str, line: _Line) -> _Line:
    """Hide what libraries quote of people, and keep it to a line; it is the last net, and no line of ours needs it."""
    line["event"] = " ".join(faults.without_addresses(str(line["event"])).splitlines())
    return line


def _plain_line(_logger: object, _method: str, line: _Line) -> str:
    at, level, words = line.pop("timestamp"), line.pop("level").upper(), line.pop("event")
    line.pop("logger")
    fault = line.pop("fault", "")
    facts = "".join(f" {name}={value}" for name, value in line.items())
    return f"{at} {level} {words}{facts}" + (f"\n{fault}" if fault else "")

"""What gunicorn itself says, in lines like ours: left alone it tells visitors' addresses and what their links hold."""

from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from tsalert.config import read_environment
from tsalert.logs.writing import line_formatter
from tsalert.settings_reader import Reader
from tsalert.watching_settings import read_watching

_REFUSED, _FAILED = "Invalid request from ip=", "Error handling request"


class ServerLog(Logger):  # type: ignore[misc]  # it has no types
    """Gunicorn's own log. Its access log stays silent: ours says which page was asked for, and not by whom."""

    def setup(self, cfg: Config) -> None:
        """Take the settings of gunicorn, and the form of our lines."""
        super().setup(cfg)
        formatter = line_formatter(as_json=read_watching(Reader(read_environment())).logs_json)
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter)

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Warn; a request that is none is told without the address that it came from."""
        if msg.startswith(_REFUSED):
            super().warning("What came in was no request, and was refused.")
        else:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Tell of a fault, without the address of the page."""
        if msg.startswith(_FAILED):
            super().exception("A request failed outside the program.", **kwargs)
        else:
            super().exception(msg, *args, **kwargs)

    def access(self, *_: Any) -> None:
        """Say nothing of single requests."""

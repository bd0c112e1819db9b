"""What proxies say of a visitor: as many as are counted are believed, and nobody else."""

import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

# IIS and Azure's gateway write the port as well, another for each connection: limits by address would limit nobody.
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](:[0-9]+)?|(?P<four>[0-9.]+):[0-9]+")


def init_app(app: Flask, proxies: int) -> None:
    """Believe so many proxies; called after all else that stands before the program."""
    if not proxies:
        return
    program = app.wsgi_app

    def within(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = _without_port(environ.get("REMOTE_ADDR", ""))
        return program(environ, start_response)

    app.wsgi_app = ProxyFix(within, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def _without_port(address: str) -> str:
    found = _WITH_PORT.fullmatch(address)
    return (found["six"] or found["four"]) if found else address

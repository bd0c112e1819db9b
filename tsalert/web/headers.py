"""Headers of every answer: what a browser may load, keep and tell others."""

from http import HTTPStatus
from secrets import token_urlsafe

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from tsalert.web.protection import ALWAYS

# Flask calls whatever it sends from a file public for a year; of ours only these are, unless there is no such file.
_FOR_ALL = frozenset({"static"})
_NOBODY = "'none'"


def init_app(app: Flask) -> None:
    """Give every answer its headers."""
    app.after_request(_set_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.session_interface = Sessions()


class Sessions(SecureCookieSessionInterface):
    """Keeps sessions in cookies, and none with an answer that everybody gets: caches would keep a copy for each."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the cookie; where there is none, nothing is made ready for reading one."""
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie and name it as what the answer depends on, where it does."""
        if "is_for_all" not in g:
            super().save_session(app, session, response)


def csp_nonce() -> str:
    """Return the request's nonce, which lets its own scripts run."""
    if "csp_nonce" not in g:
        g.csp_nonce = token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def let_all_keep(response: Response, *, seconds: int) -> None:
    """Let any browser, and any cache between, keep an answer, which is the same for everybody."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    g.is_for_all = True


def of_nothing(app: Flask, scheme: str) -> list[tuple[str, str]]:
    """Return the headers of an answer that says nothing, but for the name of its request."""
    with app.test_request_context(base_url=f"{scheme}://localhost"):
        answer = _set_headers(Response(status=204))
    return [(name, text) for name, text in answer.headers if name != "X-Request-Id"]


def frame_own_pages(response: Response) -> Response:
    """Let a page show other pages of this service in frames."""
    g.frame_source = "frame-src 'self'; "
    return response


def let_own_pages_frame(response: Response) -> Response:
    """Let other pages of this service, and nobody else's, show a page in a frame."""
    g.framed_by = "'self'"
    return response


def _may_be_kept(cache_control: str) -> bool:
    return "is_for_all" in g or cache_control.startswith("private")


def _set_headers(response: Response) -> Response:
    nonce = f"'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'none'"
    frames = f"{g.get('frame_source', '')}frame-ancestors {g.get('framed_by', _NOBODY)}"
    policy = (
        f"default-src 'none'; script-src {nonce}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action 'self'; {frames}; "
        "base-uri 'none'; manifest-src 'self'; media-src 'self'"
    )
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy)
    headers.update(ALWAYS)
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    is_file = request.endpoint in _FOR_ALL and response.status_code < HTTPStatus.BAD_REQUEST
    if not is_file and "is_for_all" not in g:
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if not is_file and not _may_be_kept(headers.get("Cache-Control", "")):
        headers["Cache-Control"] = "no-store"
    return response

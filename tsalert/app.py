"""The composition root: the one place that knows every capability."""

import gc
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError
from werkzeug.middleware.proxy_fix import ProxyFix

from tsalert import doors, navigation
from tsalert.audit import reading
from tsalert.cases import gate as case_gate
from tsalert.circulation import queries as circulation
from tsalert.config import Settings, load_settings, sqlite_path
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.ports import Probed
from tsalert.delivery.rules import Channel
from tsalert.displays import views as displays_views
from tsalert.hygiene import canaries
from tsalert.installation import outward
from tsalert.installation import service as installation
from tsalert.paging import queries as paging_queries
from tsalert.paging.queries import Trouble
from tsalert.providers.recorder import Recorder
from tsalert.providers.smtp import SmtpEmail
from tsalert.providers.unserved import Unserved
from tsalert.reports.reading_ahead import ReadingAhead
from tsalert.response.kept_facts import kept_facts
from tsalert.restricting import records
from tsalert.rota import presenting as rota_presenting
from tsalert.savings import cli as savings_cli
from tsalert.staff import signing_in
from tsalert.telephone.ports import CallLog, RecordingSource
from tsalert.tiers import gate
from tsalert.web import (
    access,
    answered,
    caching,
    compressing,
    errors,
    filters,
    headers,
    numbers,
    once,
    pages,
    tracing,
    uploads,
)
from tsalert.web.api import SPEC, ProblemApi

_ROOT = Path(__file__).parent.parent
_READ_MOST = ("/welcome", "/alerts/published", "/at-the-door", "/join", "/check", "/report")
_LARGEST_REQUEST = 8 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the program from settings, by default those of the environment.

    :raises SettingsError: naming every setting that is missing or wrong.
    """
    settings = settings or load_settings()
    app = Flask("tsalert", template_folder=str(_ROOT / "templates"), static_folder=str(_ROOT / "tsalert/static"))
    app.config.update(_flask_config(settings))
    app.extensions["tsalert_settings"] = settings
    database_file = sqlite_path(settings.database_url)
    if database_file:
        database_file.parent.mkdir(parents=True, exist_ok=True)
        if not database_file.exists():
            database_file.touch(mode=0o600)  # SQLite gives what it keeps beside the file the same mode
    db.init_app(app)
    Migrate(app, db, directory=str(_ROOT / "migrations"))
    app.extensions["tsalert_gateways"] = _gateways(settings)
    app.extensions["tsalert_partner_codes"] = circulation.codes_at
    app.extensions["tsalert_kept_facts"] = kept_facts
    app.extensions["tsalert_recordings"], app.extensions["tsalert_call_log"] = _telephone(settings)
    _init_web(app, settings)
    _register(app)
    return app


def check_start() -> None:
    """Build the program and check everything that it stands on, before anybody is served.

    :raises SettingsError: naming every fault.
    """
    app = create_app()
    with app.app_context():
        installation.check_start(app.extensions["tsalert_settings"])
        db.engine.dispose()


def compile_pages(app: Flask) -> None:
    """Compile every template, so that nobody's first page waits for that."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def draw_public_pages(app: Flask) -> None:
    """Draw what residents read most, so that an alert which sends them all at once finds the pages ready."""
    for path in _READ_MOST:
        with app.test_request_context(path):
            app.full_dispatch_request()


def open_connections(app: Flask, count: int) -> None:
    """Open as many connections to the database as threads will want, so that nobody's first save waits for one.

    Where the database cannot be reached now, the requests to come find that out and say so.
    """
    with app.app_context(), suppress(OperationalError), ExitStack() as opened:
        for _ in range(count):
            opened.enter_context(db.engine.connect())


def keep_what_is_loaded() -> None:
    """Look for garbage from now on only among what is made from now on.

    A search through the whole program stops every thread for a quarter of a second, in the midst of somebody's save.
    """
    gc.collect()
    gc.freeze()


def begin_to_read_ahead(app: Flask) -> ReadingAhead:
    """Work figures out before anybody asks for them, until it is told to stop."""
    ahead = ReadingAhead(app, app.extensions["tsalert_figures"])
    ahead.start()
    return ahead


def _flask_config(settings: Settings) -> dict[str, object]:
    https = settings.public_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.old_secret_keys),
        "SECURITY_PASSWORD_SALT": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": _LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": _LARGEST_REQUEST,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": https,
        **SPEC,
    }


def _engine_options(url: str) -> dict[str, object]:
    """Give up on a server that does not answer before an officer does; SQLite waits for locks by itself (db.py)."""
    # An error is logged with its statement; the values in it are names, addresses and what happened to people.
    unseen: dict[str, object] = {"hide_parameters": True}
    return unseen if url.startswith("sqlite") else unseen | {"connect_args": {"connect_timeout": 5}, "pool_timeout": 10}


def _init_web(app: Flask, settings: Settings) -> None:
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    with app.app_context():
        app.config["TSALERT_DEMO"] = installation.is_demo()
    answered.init_app(app, _tellers(settings))
    tracing.init_app(app, trusts_proxy=settings.proxies > 0)
    headers.init_app(app)
    compressing.init_app(app)
    caching.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    signing_in.init_app(app)
    access.init_app(app, _find_actor)
    numbers.init_app(app)
    gate.init_app(app, records.KEYS)
    case_gate.init_app(app)
    reading.init_app(app)
    uploads.init_app(app)
    once.init_app(app)
    pages.init_app(
        app,
        authority_name=settings.authority_name,
        rapid_response_number=settings.rapid_response_number,
        rooms=navigation.ROOMS,
        strip=lambda actor: rota_presenting.duty_strip(db.session(), actor, now=utc_now()),
        troubles=_troubles,
    )
    outward.init_app(app, settings)


def _tellers(settings: Settings) -> list[answered.Tell]:
    """Choose who is told of every request."""
    tellers: list[answered.Tell] = [answered.write_line] if settings.watching.logs_requests else []
    if settings.watching.metrics_token:
        from tsalert.watching.metrics.counting import count  # noqa: PLC0415 - who has none read need not load it

        tellers.append(count)
    return tellers


def _troubles() -> list[Trouble]:
    """Return what everybody on the staff must know now: pages that fail, and alerts that do not arrive."""
    session, now = db.session(), utc_now()
    words = "An alert has not reached our own test addresses within 15 minutes:"
    late = canaries.late_alerts(session, now=now)
    return paging_queries.troubles(session, now=now) + [Trouble(words, reference=each.reference) for each in late]


def _find_actor(is_api: bool) -> Actor | None:  # noqa: FBT001 - the shape that web.access asks for
    """Return who makes the request; in one browser an officer comes before the screen that it may be too."""
    return signing_in.find_actor(is_api) or displays_views.find_actor(is_api)


def _gateways(settings: Settings) -> tuple[Probed, ...]:
    """Choose the provider of each channel."""
    return _mails(settings), _texts(settings), _calls(settings)


def _mails(settings: Settings) -> Probed:
    if settings.notify is not None and settings.notify.email_template is not None:
        # The packages of providers are large; only who sends by one pays for it in memory.
        from tsalert.providers.notify_email import NotifyEmail  # noqa: PLC0415

        return NotifyEmail(settings.notify, public_url=settings.public_url)
    if settings.smtp is None:
        return Recorder(Channel.EMAIL)
    return SmtpEmail(settings.smtp, sender=settings.email_address)


def _texts(settings: Settings) -> Probed:
    if settings.notify is not None and settings.texts_by_notify:
        from tsalert.providers.notify_sms import NotifySms  # noqa: PLC0415 - as above

        return NotifySms(settings.notify, public_url=settings.public_url)
    if settings.twilio is None:
        return Recorder(Channel.SMS)
    from tsalert.providers.twilio_sms import TwilioSms  # noqa: PLC0415 - as above

    return TwilioSms(settings.twilio, callback_url=f"{settings.public_url}/webhooks/twilio/status")


def _calls(settings: Settings) -> Probed:
    if not settings.makes_calls:
        # Where real texts leave, a call that nobody makes must not pass for one that was made.
        return Unserved(Channel.VOICE, "nothing is set up that makes calls")
    if settings.twilio is None:
        return Recorder(Channel.VOICE)
    from tsalert.providers.twilio_voice import TwilioVoice  # noqa: PLC0415 - as above

    hooks = f"{settings.public_url}/webhooks/twilio"
    return TwilioVoice(settings.twilio, words_url=f"{hooks}/call", callback_url=f"{hooks}/status")


def _telephone(settings: Settings) -> tuple[RecordingSource | None, CallLog | None]:
    """Choose where callers' messages come from, and who remembers calls; nobody, where there is no provider."""
    if settings.twilio is None:
        return None, None
    from tsalert.providers.twilio_calls import TwilioCalls  # noqa: PLC0415 - as above
    from tsalert.providers.twilio_recordings import TwilioRecordings  # noqa: PLC0415 - as above

    return TwilioRecordings(settings.twilio), TwilioCalls(settings.twilio)


def _register(app: Flask) -> None:
    csrf = CSRFProtect(app)
    for blueprint in doors.WITHOUT_FORM_TOKEN:
        csrf.exempt(blueprint)
    for blueprint in doors.PAGES:
        app.register_blueprint(blueprint)
    api = ProblemApi(app)
    for operations in doors.OPERATIONS:
        api.register_blueprint(operations)
        csrf.exempt(operations)
    for command in doors.FIGURES_COMMANDS:
        savings_cli.group.add_command(command)
    for group in doors.COMMANDS:
        app.cli.add_command(group)

"""The composition root: the one place that knows every capability."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from tsalert.alerts import api as alerts_api
from tsalert.alerts import cli as alerts_cli
from tsalert.alerts import views as alerts_views
from tsalert.audit import cli as audit_cli
from tsalert.audit import reading
from tsalert.cases import api as cases_api
from tsalert.cases import cli as cases_cli
from tsalert.cases import views as cases_views
from tsalert.chronology import pages as chronology_pages
from tsalert.config import Settings, load_settings, sqlite_path
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery import views as delivery_views
from tsalert.delivery.ports import Gateway
from tsalert.delivery.rules import Channel
from tsalert.demo import cli as demo_cli
from tsalert.displays import api as displays_api
from tsalert.displays import views as displays_views
from tsalert.inbound import api as inbound_api
from tsalert.inbound import views as inbound_views
from tsalert.inbound import voice_views
from tsalert.installation import service as installation
from tsalert.paging import api as paging_api
from tsalert.paging import queries as paging_queries
from tsalert.paging import views as paging_views
from tsalert.places import cli as places_cli
from tsalert.prevention import api as prevention_api
from tsalert.prevention import views as prevention_views
from tsalert.providers.recorder import Recorder
from tsalert.providers.smtp import SmtpEmail
from tsalert.reports import api as reports_api
from tsalert.reports import cli as reports_cli
from tsalert.reports import views as reports_views
from tsalert.response import (
    answer_api,
    answer_views,
    board_api,
    correction_api,
    correction_views,
    figure_views,
    figures_api,
    grade_views,
    grades_api,
    known_api,
    known_views,
    match_views,
    party_api,
    party_cli,
    waiting_api,
    waiting_views,
)
from tsalert.response import api as response_api
from tsalert.response import cli as response_cli
from tsalert.response import views as response_views
from tsalert.rota import api as rota_api
from tsalert.rota import cli as rota_cli
from tsalert.rota import own_views as rota_own_views
from tsalert.rota import presenting as rota_presenting
from tsalert.rota import views as rota_views
from tsalert.runs import api as runs_api
from tsalert.runs import cli as runs_cli
from tsalert.runs import views as runs_views
from tsalert.savings import api as savings_api
from tsalert.savings import cli as savings_cli
from tsalert.savings import counting_cli, figure_api, table_cli
from tsalert.savings import pages as savings_pages
from tsalert.staff import api as staff_api
from tsalert.staff import cli as staff_cli
from tsalert.staff import signing_in
from tsalert.staff import views as staff_views
from tsalert.subscribers import cli as subscribers_cli
from tsalert.subscribers import joining_views, link_views
from tsalert.subscribers import views as subscribers_views
from tsalert.telephone.ports import CallLog, RecordingSource
from tsalert.web import access, errors, filters, headers, home, once, pages
from tsalert.web.api import SPEC, ProblemApi
from tsalert.worker import command as worker_command

_ROOT = Path(__file__).parent.parent
_LARGEST_REQUEST = 8 * 1024 * 1024
_PAGES = (
    home.bp,
    staff_views.bp,
    displays_views.bp,
    response_views.bp,
    answer_views.bp,
    correction_views.bp,
    paging_views.bp,
    waiting_views.bp,
    rota_views.bp,
    rota_own_views.bp,
    grade_views.bp,
    figure_views.bp,
    match_views.bp,
    known_views.bp,
    cases_views.bp,
    *chronology_pages.blueprints,
    prevention_views.bp,
    *savings_pages.blueprints,
    runs_views.bp,
    reports_views.bp,
    alerts_views.bp,
    subscribers_views.bp,
    joining_views.bp,
    link_views.bp,
    delivery_views.bp,
    inbound_views.bp,
    voice_views.bp,
)
_OPERATIONS = (
    waiting_api.calls,
    response_api.incidents,
    *answer_api.blueprints,
    *correction_api.blueprints,
    *paging_api.blueprints,
    board_api.board,
    *displays_api.blueprints,
    *rota_api.blueprints,
    *staff_api.blueprints,
    *inbound_api.blueprints,
    grades_api.grades,
    figures_api.figures,
    *party_api.blueprints,
    *known_api.blueprints,
    *cases_api.blueprints,
    *chronology_pages.operations,
    *prevention_api.blueprints,
    *savings_api.blueprints,
    *runs_api.blueprints,
    figure_api.tables,
    *reports_api.blueprints,
    *alerts_api.blueprints,
)
_COMMANDS = (
    audit_cli.group,
    staff_cli.group,
    rota_cli.group,
    places_cli.group,
    response_cli.group,
    party_cli.group,
    cases_cli.group,
    savings_cli.group,
    subscribers_cli.group,
    alerts_cli.group,
    demo_cli.group,
)
_NAVIGATION = (
    pages.Link("Board", "response.board", Permission.SEE_BOARD),
    pages.Link("Calls", "calls.list_calls", Permission.READ_CALL),
    pages.Link("Rota", "rota.show_rota", Permission.SEE_BOARD),
    pages.Link("Paging", "paging.show_policy", Permission.MANAGE_RESPONSE),
    pages.Link("People", "parties.list_parties", Permission.READ_CALL),
    pages.Link("Cases", "cases.list_cases", Permission.READ_CASE),
    pages.Link("Savings", "savings.list_interventions", Permission.READ_FIGURES),
    pages.Link("Figures", "reports.show_period", Permission.READ_FIGURES),
    pages.Link("Alerts", "alerts.list_alerts", Permission.READ_ALERT),
    pages.Link("Subscribers", "subscribers.list_subscribers", Permission.READ_SUBSCRIBERS),
)


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
    headers.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    signing_in.init_app(app)
    access.init_app(app, _find_actor)
    reading.init_app(app)
    once.init_app(app)
    pages.init_app(
        app,
        authority_name=settings.authority_name,
        rapid_response_number=settings.rapid_response_number,
        navigation=_NAVIGATION,
        strip=lambda actor: rota_presenting.duty_strip(db.session(), actor, now=utc_now()),
        troubles=lambda: paging_queries.troubles(db.session()),
    )


def _find_actor(is_api: bool) -> Actor | None:  # noqa: FBT001 - the shape that web.access asks for
    """Return who makes the request; in one browser an officer comes before the screen that it may be too."""
    return signing_in.find_actor(is_api) or displays_views.find_actor(is_api)


def _gateways(settings: Settings) -> tuple[Gateway, ...]:
    """Choose the provider of each channel."""
    sender = parseaddr(settings.email_from)[1]
    email: Gateway = SmtpEmail(settings.smtp, sender=sender) if settings.smtp else Recorder(Channel.EMAIL)
    if settings.twilio is None:
        return email, Recorder(Channel.SMS), Recorder(Channel.VOICE)
    # Twilio's package is large; only who sends by it pays for it in memory.
    from tsalert.providers.twilio_sms import TwilioSms  # noqa: PLC0415
    from tsalert.providers.twilio_voice import TwilioVoice  # noqa: PLC0415

    hooks = f"{settings.public_url}/webhooks/twilio"
    texts = TwilioSms(settings.twilio, callback_url=f"{hooks}/status")
    return email, texts, TwilioVoice(settings.twilio, words_url=f"{hooks}/call", callback_url=f"{hooks}/status")


def _telephone(settings: Settings) -> tuple[RecordingSource | None, CallLog | None]:
    """Choose where callers' messages come from, and who remembers calls; nobody, where there is no provider."""
    if settings.twilio is None:
        return None, None
    from tsalert.providers.twilio_calls import TwilioCalls  # noqa: PLC0415 - as above
    from tsalert.providers.twilio_recordings import TwilioRecordings  # noqa: PLC0415 - as above

    return TwilioRecordings(settings.twilio), TwilioCalls(settings.twilio)


def _register(app: Flask) -> None:
    csrf = CSRFProtect(app)
    csrf.exempt(inbound_views.bp)
    csrf.exempt(voice_views.bp)
    csrf.exempt(link_views.bp)
    for blueprint in _PAGES:
        app.register_blueprint(blueprint)
    api = ProblemApi(app)
    for operations in _OPERATIONS:
        api.register_blueprint(operations)
        csrf.exempt(operations)
    for command in (*reports_cli.commands, *table_cli.commands, *runs_cli.commands, counting_cli.recount):
        savings_cli.group.add_command(command)
    for group in _COMMANDS:
        app.cli.add_command(group)
    app.cli.add_command(worker_command)

"""The composition root: the one place that knows every capability."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from tsalert import doors, navigation
from tsalert.audit import reading
from tsalert.audit import service as audit
from tsalert.cases import gate as case_gate
from tsalert.config import Settings, load_settings
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.displays import views as displays_views
from tsalert.foundation import found
from tsalert.hygiene import canaries
from tsalert.installation import outward
from tsalert.paging import queries as paging_queries
from tsalert.paging.queries import Trouble
from tsalert.response import stamp
from tsalert.restricting import records
from tsalert.rota import presenting as rota_presenting
from tsalert.staff import signing_in
from tsalert.staff.factors import requiring
from tsalert.staff.single_sign_on import views as single_sign_on
from tsalert.staff.single_sign_on.ports import IdentityProvider
from tsalert.staff.tokens import limiting
from tsalert.tiers import gate
from tsalert.web import (
    access,
    addresses,
    answered,
    caching,
    compressing,
    conditional,
    doorstep,
    drawing,
    errors,
    headers,
    once,
    pages,
    proxies,
    record_names,
    tracing,
    unproven,
    uploads,
)
from tsalert.web.api import SPEC, ProblemApi

_LARGEST_REQUEST = 8 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the program as it answers requests, from settings, by default those of the environment.

    :raises SettingsError: naming every setting that is missing or wrong.
    """
    settings = settings or load_settings()
    app = found(settings)
    app.config.update(_web_config(settings))
    drawing.init_app(app)
    addresses.init_app(app)
    _init_web(app, settings)
    _register(app)
    return app


def _web_config(settings: Settings) -> dict[str, object]:
    https = settings.public_url.startswith("https://")
    return {
        "MAX_CONTENT_LENGTH": _LARGEST_REQUEST,
        "MAX_FORM_MEMORY_SIZE": _LARGEST_REQUEST,
        # A browser takes a cookie of that name from this very host alone, and over HTTPS.
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": https,
        **SPEC,
    }


def _init_web(app: Flask, settings: Settings) -> None:
    tellers = _tellers(settings)
    answered.init_app(app, tellers)
    tracing.init_app(app, trusts_proxy=settings.proxies > 0)
    headers.init_app(app)
    compressing.init_app(app)
    caching.init_app(app)
    errors.init_app(app)
    unproven.init_app(app)
    signing_in.init_app(app)
    single_sign_on.init_app(app, _identity_provider(settings))
    limiting.init_app(app)
    access.init_app(app, _find_actor)
    requiring.init_app(app)
    record_names.init_app(app)
    gate.init_app(app, records.KEYS)
    case_gate.init_app(app)
    reading.init_app(app)
    uploads.init_app(app)
    once.init_app(app)
    conditional.init_app(app, (stamp.hold, audit.hold))
    pages.init_app(
        app,
        authority_name=settings.authority_name,
        rapid_response_number=settings.rapid_response_number,
        rooms=navigation.ROOMS,
        strip=lambda actor: rota_presenting.duty_strip(db.session(), actor, now=utc_now()),
        troubles=_troubles,
    )
    outward.init_app(app, settings)
    doorstep.init_app(app, doors.ON_THE_DOORSTEP, tellers)
    proxies.init_app(app, settings.proxies)


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


def _identity_provider(settings: Settings) -> Callable[[], IdentityProvider] | None:
    """Return what makes the provider at which officers sign in besides here; its package is loaded then."""
    chosen = settings.single_sign_on
    if chosen is None:
        return None

    def make() -> IdentityProvider:
        from tsalert.providers.openid_connect import OpenIdConnect  # noqa: PLC0415 - large, and few need it

        return OpenIdConnect(chosen)

    return make


def _register(app: Flask) -> None:
    csrf = CSRFProtect(app)
    for door in doors.WITHOUT_FORM_TOKEN:
        csrf.exempt(door)
    for blueprint in doors.PAGES:
        app.register_blueprint(blueprint)
    api = ProblemApi(app)
    api.describe_fields()
    for operations in doors.OPERATIONS:
        api.register_blueprint(operations)
        csrf.exempt(operations)

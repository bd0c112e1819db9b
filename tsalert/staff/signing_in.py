"""Flask-Security for pages, bearer tokens for the API, and the lock after too many failures."""

from datetime import timedelta
from typing import Any

from flask import Flask, g, request
from flask_security import LoginForm, Security, SQLAlchemyUserDatastore
from flask_security import current_user as signed_in_officer
from flask_security.utils import validate_redirect_url

from tsalert.core.actors import Actor, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff import queries, service
from tsalert.staff.models import Officer, Role
from tsalert.staff.tokens import queries as tokens

_BLOCKED = "Too many tries. Wait 15 minutes, or ask your administrator."


class GuardedLoginForm(LoginForm):
    """The sign-in form, closed for a while to an account or network that keeps failing."""

    remember = None  # a session ends after its twelve hours, whatever a browser asks for

    def validate(self, **options: Any) -> bool:
        """Check the password unless there were too many failures; count this one if it fails."""
        account, network = str(self.email.data or ""), request.remote_addr or ""
        if queries.sign_in_is_blocked(db.session(), account, network, now=utc_now()):
            self.form_errors.append(_BLOCKED)
            return False
        if super().validate(**options):
            return True
        service.record_failed_sign_in(account, network, now=utc_now())
        return False

    def validate_next(self, field: Any) -> None:
        """Forget a way on that leads to another site; it is no failure of the officer's."""
        if field.data and not validate_redirect_url(field.data):
            field.data = ""


def init_app(app: Flask) -> None:
    """Set up signing in and out for pages."""
    app.config.update(
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the name of a method
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_CLI_USERS_NAME=False,  # the library's commands would change access without a line in the trail
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=("The email address or password is not right.", "error"),
        SECURITY_PASSWORD_LENGTH_MIN=1,
        SECURITY_FRESHNESS=timedelta(-1),  # no page that asks for the password again, outside the lock
    )
    Security(app, SQLAlchemyUserDatastore(db, Officer, Role), login_form=GuardedLoginForm)
    # Flask-Security would also take tokens of its own, which never end, from headers and addresses.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    app.jinja_env.globals["shortcut_key"] = shortcut_key


def find_actor(is_api: bool) -> Actor | None:  # noqa: FBT001 - the shape that web.access asks for
    """Return who makes the request: by session cookie on pages, by bearer token alone under /api/."""
    if is_api:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return tokens.find_actor(db.session(), token, now=utc_now()) if scheme.lower() == "bearer" else None
    if not signed_in_officer.is_authenticated:
        return None
    g.shortcut = signed_in_officer.shortcut
    return queries.actor_of(signed_in_officer, Via.PAGE)


def shortcut_key() -> str:
    """Return the key that opens the form for a call; empty where the reader of the page has none.

    It is kept with the request, so that a page can still be drawn once the database is gone.
    """
    key: str = g.get("shortcut", "")
    return key

"""What the pages and the worker stand on alike: settings, the database, and who carries messages."""

import gc
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Dialect, event

from tsalert import tables
from tsalert.circulation import queries as circulation
from tsalert.config import Settings, SettingsError, connecting_to, sqlite_path
from tsalert.db import db
from tsalert.delivery.ports import Probed
from tsalert.delivery.rules import Channel
from tsalert.finding import keeping as words
from tsalert.installation import service as installation
from tsalert.providers.recorder import Recorder
from tsalert.providers.smtp import SmtpEmail
from tsalert.providers.unserved import Unserved
from tsalert.response import stamp as board_stamp
from tsalert.response.kept_facts import kept_facts
from tsalert.staff.named_roles import check_named
from tsalert.telephone.ports import CallLog, RecordingSource
from tsalert.web.program import Program
from tsalert.webhooks.calling import Reach

# No part of the program knows of itself all that its rows point to, or where else a person stands who is erased.
assert tables.MODULES

_ROOT = Path(__file__).parent.parent


def found(settings: Settings, *, has_database: bool = True) -> Flask:
    """Return a program with its database and its providers, and no door: no page, no operation, no command.

    :param has_database: False where the database cannot be reached, for what tells of that; it is not asked then.
    :raises SettingsError: settings name a role that there is not, or a file that cannot be made.
    """
    check_named(settings)
    app = Program("tsalert", template_folder=str(_ROOT / "templates"), static_folder=str(_ROOT / "tsalert/static"))
    app.config.update(_config(settings))
    app.extensions["tsalert_settings"] = settings
    if has_database:
        make_database_file(settings)
    db.init_app(app)
    words.watch_sessions()
    board_stamp.watch_sessions()
    app.extensions["tsalert_gateways"] = _gateways(settings)
    app.extensions["tsalert_webhook_reach"] = Reach()
    app.extensions["tsalert_partner_codes"] = circulation.codes_at
    app.extensions["tsalert_kept_facts"] = kept_facts
    app.extensions["tsalert_recordings"], app.extensions["tsalert_call_log"] = _telephone(settings)
    with app.app_context():
        if sqlite_path(settings.database_url):
            event.listen(db.engine, "do_connect", _open_what_is_there)
        app.config["TSALERT_DEMO"] = has_database and installation.is_demo()
    return app


def is_to_be_made(settings: Settings) -> bool:
    """Tell whether the database is a file of SQLite that is not there yet."""
    path = sqlite_path(settings.database_url)
    return path is not None and not path.exists()


def make_database_file(settings: Settings) -> None:
    """Make the file of a SQLite database, for nobody else to read, where there is none.

    :raises SettingsError: it cannot be made.
    """
    path = sqlite_path(settings.database_url)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)  # SQLite gives what it keeps beside the file the same mode
    except OSError as error:
        raise SettingsError(f"TSALERT_DATABASE_URL: {path} cannot be made: {error.strerror}") from error


def require_database_file(settings: Settings) -> None:
    """Refuse to serve from an empty file in the place of a database that is elsewhere, or is gone.

    :raises SettingsError: the file is not there.
    """
    if is_to_be_made(settings):
        path = sqlite_path(settings.database_url)
        raise SettingsError(
            f"TSALERT_DATABASE_URL: there is no file {path}. Where it is new, run flask --app wsgi db upgrade"
        )


def _open_what_is_there(_dialect: Dialect, _record: object, given: list[str], options: dict[str, Any]) -> None:
    """Open the file of a database; left alone SQLite makes an empty one where there is none, for everybody to read."""
    given[0], options["uri"] = f"{Path(given[0]).as_uri()}?mode=rw", True


def keep_what_is_loaded() -> None:
    """Look for garbage from now on only among what is made from now on.

    A search through the whole program stops every thread for a quarter of a second, in the midst of somebody's save;
    a worker began one with every ten thousand messages. It would also write to whatever it looks at, which processes
    could then share no longer.
    """
    gc.collect()
    gc.freeze()


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": list(settings.old_secret_keys),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(settings.database_url),
    }


def _engine_options(url: str) -> dict[str, object]:
    """Give up on a server that does not answer before an officer does; SQLite waits for locks by itself (db.py)."""
    # An error is logged with its statement; the values in it are names, addresses and what happened to people.
    unseen: dict[str, object] = {"hide_parameters": True}
    # The connection used last is the next one: it has statements and pages at hand, and a crowd's others may rest.
    of_both = unseen | {"pool_use_lifo": True}
    if url.startswith("sqlite"):
        # Each connection keeps all tables in mind, a megabyte and a half. While one writes, the others would only wait.
        few = {"pool_size": 5, "max_overflow": 1}
        return of_both | few if sqlite_path(url) else unseen  # in memory there is one connection alone
    return of_both | {"connect_args": connecting_to(url), "pool_timeout": 10}


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

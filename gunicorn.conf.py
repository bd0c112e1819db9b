"""How gunicorn serves: threads for requests that wait on the database, checks before any port is opened."""

import os
import sys
from shutil import rmtree
from tempfile import mkdtemp

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "tsalert.web.answering.AnsweringWorker"
threads = 4
# A save speaks to the database sixty times and waits each time until the thread that draws something gives way.
SECONDS_BEFORE_GIVING_WAY = 0.001
_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
timeout = 30
graceful_timeout = 20
control_socket_disable = True
# Left alone gunicorn lets whoever comes by way of this machine, as all do behind a proxy on it, say where the program
# begins (its links, also those on pages that are kept for everybody, would lead there) and that they came over HTTPS.
# What proxies say counts where TSALERT_PROXIES counts them.
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
logger_class = "tsalert.logs.serving.ServerLog"


def on_starting(_server: object) -> None:
    """Make the program once, before any port is opened; refuse to serve on what could lose or leak data."""
    # Web processes count each for itself; whoever reads the metrics of one finds those of all here.
    os.environ[_COUNTS] = mkdtemp(prefix="tsalert-counts-")
    from tsalert.config import SettingsError  # noqa: PLC0415 - gunicorn reads this file before it needs the program
    from tsalert.starting import undisturbed  # noqa: PLC0415 - as above

    try:
        with undisturbed():
            from tsalert.serving import make_ready  # noqa: PLC0415 - as above
            from wsgi import app  # noqa: PLC0415 - each process asks for this, and finds it made

            make_ready(app)
    except SettingsError as error:
        on_exit(_server)
        sys.exit(f"tsalert cannot start:\n{error}")
    except SystemExit:
        on_exit(_server)
        raise


def post_worker_init(worker: object) -> None:
    """Make ready what processes cannot share: connections, threads, what their log says."""
    from tsalert.foundation import keep_what_is_loaded  # noqa: PLC0415 - as above
    from tsalert.logs.writing import write_logs  # noqa: PLC0415 - as above
    from tsalert.serving import begin_to_read_ahead, open_connections  # noqa: PLC0415 - as above

    sys.setswitchinterval(SECONDS_BEFORE_GIVING_WAY)
    open_connections(worker.wsgi, threads)  # type: ignore[attr-defined]
    write_logs(as_json=worker.wsgi.extensions["tsalert_settings"].watching.logs_json)  # type: ignore[attr-defined]
    keep_what_is_loaded()
    worker.reading_ahead = begin_to_read_ahead(worker.wsgi)  # type: ignore[attr-defined]


def worker_exit(_server: object, worker: object) -> None:
    """Let a reading of figures end before its process does."""
    reading_ahead = getattr(worker, "reading_ahead", None)  # a worker that could not start has none
    if reading_ahead is not None:
        reading_ahead.stop()


def on_exit(_server: object) -> None:
    """Leave no counts behind."""
    rmtree(os.environ.get(_COUNTS, ""), ignore_errors=True)

"""Counting what the web processes answer: each counts for itself, and whoever reads any of them reads the sum.

Gunicorn runs several processes; where it does, ``gunicorn.conf.py`` names a folder in which each keeps its counts, and
prometheus_client adds them up. A process that serves alone keeps them in memory.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from tsalert.web.answered import Answered

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# Pages are promised within 0.3 seconds.
_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5)
_OURS = CollectorRegistry()
_ANSWERS = Counter("tsalert_http_requests", "Requests answered.", ("method", "route", "status"), registry=_OURS)
_TIME = Histogram(
    "tsalert_http_request_seconds",
    "Seconds until a request was answered.",
    ("method", "route"),
    buckets=_SECONDS,
    registry=_OURS,
)


def count(request_told: Answered) -> None:
    """Count one request."""
    each = request_told
    _ANSWERS.labels(each.method, each.route, str(each.status)).inc()
    _TIME.labels(each.method, each.route).observe(each.seconds)


def counted() -> bytes:
    """Return what all web processes of this machine counted, as Prometheus reads it."""
    if _FOLDER not in os.environ:
        return generate_latest(_OURS)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return generate_latest(registry)

"""How the service is watched: what its logs look like, and who may read its metrics."""

from tsalert.core.confidential import Confidential
from tsalert.settings_reader import Reader

_YES_OR_NO = {"yes": True, "no": False}


class WatchingSettings(Confidential, frozen=True):
    """What is written and shown about the service's own work.

    :param metrics_token: what a reader of the metrics shows; "" closes them.
    :param logs_json: whether each line of the log is a JSON document, and not words.
    :param logs_requests: whether each request is a line of the log.
    """

    SECRET = frozenset({"metrics_token"})

    metrics_token: str = ""
    logs_json: bool = False
    logs_requests: bool = True


def read_watching(reader: Reader) -> WatchingSettings:
    """Return how the service is watched."""
    logs = reader.text("LOGS", "plain")
    if logs not in {"plain", "json"}:
        reader.fault("LOGS", "must be plain or json")
    requests = reader.text("LOG_REQUESTS", "yes")
    if requests not in _YES_OR_NO:
        reader.fault("LOG_REQUESTS", "must be yes or no")
    token = reader.secret("METRICS_TOKEN") if reader.text("METRICS_TOKEN") else ""
    return WatchingSettings(token, logs_json=logs == "json", logs_requests=_YES_OR_NO.get(requests, True))

"""Whether a request that failed can have reached anybody, and when to try again."""

from ssl import SSLCertVerificationError

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError, SSLError

_NO_CONNECTION = (NewConnectionError, ConnectTimeoutError)
_NOT_LET_OUT = "Tunnel connection failed"
_LONGEST_SECONDS = 3600.0


def never_connected(error: RequestException) -> bool:
    """Tell whether a request certainly never left: no connection was made, or nobody vouched for who answered."""
    if isinstance(error, ConnectTimeout):
        return True
    failed = error.args[0] if isinstance(error, NoConnection) and error.args else None
    reason = failed.reason if isinstance(failed, MaxRetryError) else None
    return isinstance(reason, NewConnectionError) or _is_unvouched(reason) or _is_kept_in(reason)


def seconds_asked(retry_after: str) -> float | None:
    """Return how many seconds a Retry-After asks us to wait, at most an hour; a gateway may name a year by mistake."""
    return min(float(retry_after), _LONGEST_SECONDS) if retry_after.isdecimal() else None


def _is_unvouched(reason: Exception | None) -> bool:
    return isinstance(reason, SSLError) and isinstance(reason.args[0], SSLCertVerificationError)


def _is_kept_in(reason: Exception | None) -> bool:
    """Tell whether a proxy could not be reached, or refused to let us out.

    The same error comes where a proxy breaks off after it has passed a request on, so it says nothing by itself.
    """
    cause = reason.original_error if isinstance(reason, ProxyError) else None
    return isinstance(cause, _NO_CONNECTION) or (type(cause) is OSError and str(cause).startswith(_NOT_LET_OUT))

"""Whether a request that failed can have reached anybody."""

from ssl import SSLCertVerificationError

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError


def never_connected(error: RequestException) -> bool:
    """Tell whether a request certainly never left: no connection was made, or nobody vouched for who answered."""
    if isinstance(error, ConnectTimeout):
        return True
    failed = error.args[0] if isinstance(error, NoConnection) and error.args else None
    reason = failed.reason if isinstance(failed, MaxRetryError) else None
    return isinstance(reason, NewConnectionError) or _is_unvouched(reason)


def _is_unvouched(reason: Exception | None) -> bool:
    return isinstance(reason, SSLError) and isinstance(reason.args[0], SSLCertVerificationError)

"""Whether a request that failed can have reached anybody."""

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.exceptions import MaxRetryError, NewConnectionError


def never_connected(error: RequestException) -> bool:
    """Tell whether a request certainly never left, because no connection was made."""
    if isinstance(error, ConnectTimeout):
        return True
    reason = error.args[0] if isinstance(error, NoConnection) and error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)

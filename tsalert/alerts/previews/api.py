"""How easily an alert reads, as an operation; what it looks like stands with the alert itself."""

from typing import Any

from msgspec.structs import asdict

from tsalert.alerts import queries
from tsalert.alerts.previews.reading import read
from tsalert.alerts.previews.schemas import AlertReadingSchema
from tsalert.core.actors import Permission
from tsalert.db import db
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("alert_previews", "alerts", "How alerts read before anybody gets them.")
blueprints = (blp,)


@blp.route("/<int:alert_id>/reading")
@requires(Permission.READ_ALERT)
@blp.response(200, AlertReadingSchema)
def get_reading(alert_id: int) -> dict[str, Any]:
    """Return how easily it reads, its hard sentences, and what is left to fill in."""
    found = read(queries.get_alert(db.session(), alert_id))
    told = {"age": None, "words": 0, "sentences": 0, "hard": []} if found.ease is None else asdict(found.ease)
    return told | {"is_plain": found.ease is None or found.ease.is_plain, "unfilled": found.unfilled}

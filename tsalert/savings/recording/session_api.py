"""Operations that say what came of an activity: what may change what counts."""

from typing import Any

from tsalert.activities.api import whole
from tsalert.activities.schemas import WholeActivitySchema
from tsalert.activities.service import Seen
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.savings.recording import sessions
from tsalert.savings.recording.session_schemas import (
    HeldActivityCorrectionSchema,
    HeldActivitySchema,
    SavingChoiceSchema,
)
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("activity_changes", "activities", "What came of activities, with the savings that come from them.")


@blp.route("/<int:activity_id>/held", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(HeldActivitySchema)
@blp.response(200, WholeActivitySchema)
def hold_activity(said: dict[str, Any], activity_id: int) -> dict[str, Any]:
    """Say what came of an activity; with ``saving`` as ``new`` its saving is recorded with it, or not at all."""
    seen = Seen(activity_id, said["of_version"])
    sessions.hold_activity(seen, said["told"], actor=current_actor(), now=utc_now())
    return whole(activity_id)


@blp.route("/<int:activity_id>/corrections", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(HeldActivityCorrectionSchema)
@blp.response(200, WholeActivitySchema)
def correct_activity(said: dict[str, Any], activity_id: int) -> dict[str, Any]:
    """Put right what a held activity says; the saving that came from it follows."""
    seen = Seen(activity_id, said["of_version"])
    sessions.correct_activity(seen, said["correction"], actor=current_actor(), now=utc_now())
    return whole(activity_id)


@blp.route("/<int:activity_id>/saving", methods=["POST"])
@requires(Permission.RECORD_INTERVENTION)
@blp.arguments(SavingChoiceSchema)
@blp.response(200, WholeActivitySchema)
def record_saving(said: dict[str, Any], activity_id: int) -> dict[str, Any]:
    """Record the saving of an activity that was held before, or name the one that was recorded for it."""
    seen = Seen(activity_id, said["of_version"])
    sessions.record_saving(seen, said["saving"], actor=current_actor(), now=utc_now())
    return whole(activity_id)

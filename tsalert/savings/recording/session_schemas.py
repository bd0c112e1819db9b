"""What came of an activity together with its saving, as forms and the API send it."""

from typing import Any

from marshmallow import post_load

from tsalert.activities.schemas import (
    PlanFields,
    ResultFields,
    ResultFormFields,
    VersionFields,
    plan_of,
    result_of,
)
from tsalert.activities.service import Correction
from tsalert.savings.recording.sessions import NONE, Told
from tsalert.web.fields import Line

_WHICH = "Say new, none, or the reference of the saving that was recorded for it before."


class SavingField(VersionFields):
    """Which saving comes of an activity: ``new``, ``none``, or the reference of one that was recorded before."""

    saving = Line(load_default=NONE, longest=20, metadata={"description": _WHICH})


class SavingChoiceSchema(VersionFields):
    """Which saving comes of an activity that was held before."""

    saving = Line(required=True, longest=20, error_messages={"required": _WHICH})


class _Held(SavingField):
    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside what came of it."""
        of_version, saving = data.pop("of_version"), data.pop("saving")
        return {"of_version": of_version, "told": Told(result_of(data), saving)}


class _Corrected(PlanFields, VersionFields):
    reason = Line(required=True, longest=400, error_messages={"required": "Say why it is corrected."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside the correction."""
        of_version, reason = data.pop("of_version"), data.pop("reason")
        result = result_of(data)
        return {"of_version": of_version, "correction": Correction(plan_of(data), result, reason)}


class HeldActivitySchema(ResultFields, _Held):
    """What came of an activity."""


class HeldActivityForm(ResultFormFields, _Held):
    """What came of an activity as its page sends it."""


class HeldActivityCorrectionSchema(ResultFields, _Corrected):
    """What a held activity is to say, and why."""


class HeldActivityCorrectionForm(ResultFormFields, _Corrected):
    """What a held activity is to say, as its page sends it."""

"""The shape of the form of an alert, with what belongs to the form and not to the alert."""

from typing import Any

from marshmallow import post_load
from msgspec import Struct

from tsalert.alerts.schemas import AlertDraftSchema, FollowUpSchema
from tsalert.web.fields import Line


class Typed(Struct, frozen=True):
    """A form as it was saved: the words, which copy of it is done with, and the digest of what it showed."""

    words: Any
    copy: str
    seen: str | None


class AlertFormSchema(AlertDraftSchema):
    """An alert as its form sends it."""

    copy = Line(longest=32, load_default="")
    shown = Line(longest=64, load_default=None)
    case_reference = Line(longest=40, load_default=None)
    draft = Line(longest=120, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> Typed:
        """Hand over what was typed apart from what the form says of itself."""
        copy, seen, *_ = (data.pop(name) for name in ("copy", "shown", "case_reference", "draft"))
        return Typed(AlertDraftSchema.build(self, data, **options), copy, seen)


class FollowUpFormSchema(FollowUpSchema):
    """An update or an all-clear as its form sends it."""

    copy = Line(longest=32, load_default="")
    draft = Line(longest=120, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> Typed:
        """Hand over what was typed apart from what the form says of itself."""
        copy, seen, _ = data.pop("copy"), None, data.pop("draft")
        return Typed(FollowUpSchema.build(self, data, **options), copy, seen)


class AlertChangeSchema(AlertDraftSchema):
    """An alert as it is to read; ``digest`` is that of the alert as one saw it, so that nobody is written over."""

    digest = Line(longest=64, load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> Typed:
        """Hand over the words and what was seen."""
        seen = data.pop("digest")
        return Typed(AlertDraftSchema.build(self, data, **options), "", seen)

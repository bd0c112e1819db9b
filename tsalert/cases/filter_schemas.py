"""The shapes of lists of cases, what narrows them, and filters that are kept."""

from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, post_load

from tsalert.cases.listing import NOBODY, CaseFilter
from tsalert.cases.saved_filters import NewFilter
from tsalert.cases.vocabulary import Channel, Source, Status, WaitingFor
from tsalert.response.vocabulary import Category
from tsalert.web.fields import Line, ListPlace, PeriodLabel, RecordId, Strict, YesNo, choice


class OfficerId(RecordId):
    """The number of an officer, or 0 for nobody."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if isinstance(value, int | str) and str(value) == str(NOBODY):
            return NOBODY
        return super()._deserialize(value, attr, data, **options)


class WantedSchema(Schema):
    """What cases are narrowed to, besides words."""

    category = choice(Category, load_default=None)
    kind = Line(longest=60, load_default=None)
    channel = choice(Channel, load_default=None)
    status = choice(Status, load_default=None)
    waiting_for = choice(WaitingFor, load_default=None)
    officer_id = OfficerId(load_default=None)
    ward_code = Line(longest=20, load_default=None)
    source = choice(Source, load_default=None)
    period = PeriodLabel(load_default=None)


class ListSchema(WantedSchema):
    """Which cases a list shows, and where its page begins; ``saved`` is a filter whose place this takes."""

    class Meta:
        unknown = EXCLUDE

    saved = RecordId(load_default=None)
    after = ListPlace(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[CaseFilter, int | None, str | None]:
        """Return the filter, the saved one asked for, and where the page begins."""
        saved, after = data.pop("saved"), data.pop("after")
        return CaseFilter(**data), saved, after


class WordsSchema(WantedSchema):
    """What cases are narrowed to, words too; they travel in a body alone."""

    class Meta:
        unknown = RAISE

    text = Line(longest=500, load_default=None)
    after = ListPlace(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[CaseFilter, str | None]:
        """Return the filter, and where the page begins."""
        after = data.pop("after")
        return CaseFilter(**data), after


class NewFilterSchema(WordsSchema):
    """A filter to keep."""

    class Meta:
        unknown = RAISE
        exclude = ("after",)

    name = Line(required=True, longest=80, error_messages={"required": "Give it a name."})
    is_shared = YesNo(load_default=False)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Return what to keep."""
        name, is_shared = data.pop("name"), data.pop("is_shared")
        return NewFilter(name, CaseFilter(**data), is_shared)


class SavedFilterSchema(Strict):
    """A filter as it is kept."""

    id = fields.Integer()
    officer_id = fields.Integer()
    name = fields.String(allow_none=True)
    is_shared = fields.Boolean()
    wanted = fields.Function(lambda saved: saved.wanted.as_data())


class SavedFilterListSchema(Strict):
    """The filters that an officer may use."""

    items = fields.List(fields.Nested(SavedFilterSchema))


class StatusCountSchema(Strict):
    """How many of the cases wanted stand at a status."""

    status = fields.String()
    cases = fields.Integer()


class StatusCountsSchema(Strict):
    """The cases wanted by status."""

    items = fields.List(fields.Nested(StatusCountSchema))

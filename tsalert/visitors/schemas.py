"""What every form for visitors holds besides its own fields: two marks that tell people from machines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields

from tsalert.visitors.rules import check_filled_by_hand
from tsalert.visitors.tokens import read_stamp
from tsalert.web.fields import Line


class VisitorSchema(Schema):
    """A form that anybody may send; draw it with ``visitor_marks(stamp)`` of ``macros/visitors.html``."""

    leave_empty = fields.String(load_default="")
    drawn = Line(longest=100, load_default="")


def is_machine(typed: Mapping[str, Any], *, now: datetime) -> bool:
    """Tell whether a form was filled by a machine, which is thanked like anybody and otherwise ignored.

    :raises RuleViolation: it came back faster than anybody types.
    """
    check_filled_by_hand(read_stamp(typed["drawn"]), now)
    return bool(typed["leave_empty"])

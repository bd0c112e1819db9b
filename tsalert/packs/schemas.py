"""The shape of what is asked of a case pack."""

from typing import Any

from marshmallow import fields, post_load

from tsalert.packs.rules import USUAL, Asked, Form, Part
from tsalert.web.fields import Strict, choice


class CasePackAskedSchema(Strict):
    """Which parts are wanted, and as which kind of file; left out, all but the victim."""

    part = fields.List(choice(Part), load_default=None)
    form = choice(Form, load_default=Form.PDF)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Asked:
        """Return what is wanted, in the order of a pack."""
        wanted = data["part"] or USUAL
        return Asked(tuple(part for part in Part if part in wanted), data["form"])

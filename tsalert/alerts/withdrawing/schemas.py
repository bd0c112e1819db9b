"""The shape of a withdrawal."""

from marshmallow import Schema

from tsalert.alerts.rules import LONGEST_PUBLIC_REASON
from tsalert.web.fields import Paragraph, YesNo


class AlertWithdrawalSchema(Schema):
    """Why an alert is withdrawn, for everybody to read, and whether those who got it are told."""

    reason = Paragraph(required=True, longest=LONGEST_PUBLIC_REASON, error_messages={"required": "Tell everybody why."})
    tell_readers = YesNo(load_default=False)

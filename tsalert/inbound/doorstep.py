"""Receipts of Twilio and Notify, taken on the doorstep of the program where they are whole and proven.

What is not goes in, and the views refuse it.
"""

import hmac
from collections.abc import Mapping
from typing import Any

from flask import current_app
from marshmallow import EXCLUDE, ValidationError
from twilio.request_validator import RequestValidator

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.delivery.rules import Channel
from tsalert.inbound import notify, service
from tsalert.inbound.notify_schemas import NotifyReceiptSchema
from tsalert.inbound.schemas import ReceiptSchema
from tsalert.notify_settings import NotifySettings
from tsalert.web.doorstep import Posted

# Made once, since reports come by the thousand, and making it would cost more than reading one.
TWILIO_RECEIPT, NOTIFY_RECEIPT = ReceiptSchema(unknown=EXCLUDE), NotifyReceiptSchema(unknown=EXCLUDE)
_CHANNELS = {"email": Channel.EMAIL, "sms": Channel.SMS}


def is_signed(settings: Settings, address: str, form: Mapping[str, str], signature: str) -> bool:
    """Tell whether Twilio signed a form for an address of ours, as it knows us by our public address."""
    if settings.twilio is None:
        return False
    validator = RequestValidator(settings.twilio.auth_token)
    is_valid: bool = validator.validate(settings.public_url + address, form, signature)
    return is_valid


def shows_token(account: NotifySettings, shown: str) -> bool:
    """Tell whether a header bears the token that was typed in at Notify."""
    return hmac.compare_digest(shown.encode(), f"Bearer {account.callback_token}".encode())


def take_of_twilio(posted: Posted) -> bool:
    """Take a receipt of Twilio, as the view of this address does."""
    form = posted.form()
    if form is None or not is_signed(_settings(), posted.path, form, posted.header("X-Twilio-Signature")):
        return False
    try:
        told = TWILIO_RECEIPT.load(form)
    except ValidationError:
        return False
    service.take_receipt(**told, now=utc_now())
    return True


def take_of_notify(posted: Posted) -> bool:
    """Take a receipt of Notify, as the view of this address does."""
    account = _settings().notify
    if account is None or not shows_token(account, posted.header("Authorization")):
        return False
    try:
        told = NOTIFY_RECEIPT.load(posted.object() or {})
    except ValidationError:
        return False
    take_receipt_told(told)
    return True


def take_receipt_told(told: Mapping[str, Any]) -> None:
    """Note what Notify says of a mail or text; of what is neither, nothing."""
    channel = _CHANNELS.get(told["notification_type"])
    if channel is not None and told["reference"]:
        notify.take_receipt(channel, told["reference"], told["status"], now=utc_now())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings

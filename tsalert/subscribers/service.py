"""What other capabilities, pages and commands ask of subscribers."""

from tsalert.subscribers.calling import confirm_by_key, stop_calls
from tsalert.subscribers.importing import Fault, ImportReport, import_subscribers
from tsalert.subscribers.joining import Wish, add_by_phone, ask_by_call, confirm_sign_up, sign_up
from tsalert.subscribers.leaving import end_subscription, unsubscribe
from tsalert.subscribers.texting import join_by_text, start_texts, stop_texts

__all__ = [
    "Fault",
    "ImportReport",
    "Wish",
    "add_by_phone",
    "ask_by_call",
    "confirm_by_key",
    "confirm_sign_up",
    "end_subscription",
    "import_subscribers",
    "join_by_text",
    "sign_up",
    "start_texts",
    "stop_calls",
    "stop_texts",
    "unsubscribe",
]

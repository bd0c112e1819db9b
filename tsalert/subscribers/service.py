"""What other capabilities, pages and commands ask of subscribers."""

from tsalert.subscribers.by_officer import add_by_phone, ask_by_call, ask_by_message
from tsalert.subscribers.calling import confirm_by_key, stop_calls
from tsalert.subscribers.importing import Fault, ImportReport, import_rows, import_subscribers
from tsalert.subscribers.joining import Wish, confirm_by_code, confirm_sign_up, sign_up, sign_up_in_vain
from tsalert.subscribers.leaving import end_subscription, unsubscribe
from tsalert.subscribers.paper import add_from_paper
from tsalert.subscribers.texting import join_by_text, start_texts, stop_texts

__all__ = [
    "Fault",
    "ImportReport",
    "Wish",
    "add_by_phone",
    "add_from_paper",
    "ask_by_call",
    "ask_by_message",
    "confirm_by_code",
    "confirm_by_key",
    "confirm_sign_up",
    "end_subscription",
    "import_rows",
    "import_subscribers",
    "join_by_text",
    "sign_up",
    "sign_up_in_vain",
    "start_texts",
    "stop_calls",
    "stop_texts",
    "unsubscribe",
]

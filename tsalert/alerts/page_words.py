"""How pages about alerts call what an alert is, and what became of it."""

from tsalert.alerts.pointing import MayStay
from tsalert.alerts.rules import Channel, Edition, Urgency, Verdict

ADDRESS_WORDS = {Channel.EMAIL: "email addresses", Channel.SMS: "mobile numbers", Channel.VOICE: "landlines"}
ONE_ADDRESS = {Channel.EMAIL: "email address", Channel.SMS: "mobile number", Channel.VOICE: "landline"}
URGENCY_WORDS = {
    Urgency.ROUTINE: (
        "Routine",
        "Goes at once, but not to those who asked for a daily or weekly mail. No texts or calls from 21:00 to 08:00.",
    ),
    Urgency.URGENT: (
        "Urgent",
        "Goes before everything else, day and night, and also to those who asked for a daily or weekly mail.",
    ),
}
EDITION_WORDS = {
    Edition.ORDINARY: "Ordinary edition",
    Edition.PARTNER: "Edition for partners, to be passed on",
    Edition.LARGE_PRINT: "Large print edition",
}
MAY_STAY_WORDS = {
    MayStay.PUBLIC: "It belongs to a firm, a public body or us, and is public",
    MayStay.NOBODY: "It points to nobody: a common word, or an example",
    MayStay.NEEDED: "Residents must know it to be safe",
}
VERDICT_WORDS = {
    Verdict.JUSTIFIED: "It was right to send it alone",
    Verdict.NOT_JUSTIFIED: "It could have waited",
}
# What became of one message, in the order in which a page lists it.
DELIVERY_WORDS = {
    "pending": "Waiting",
    "accepted": "Sent",
    "delivered": "Delivered",
    "soft_bounced": "Sent, then bounced for now",
    "hard_bounced": "Sent, then bounced for good",
    "undelivered": "Sent, but not delivered",
    "failed": "Could not be sent",
    "unknown": "In doubt: an officer decides",
    "suppressed": "Left out: asked us to stop",
    "expired": "Not sent in time",
    "cancelled": "Cancelled",
}

"""What is held on a subscriber in words that they can read; the file that they take away keeps the names of fields."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tsalert.web.filters import moment

TABLES: Mapping[str, str] = {
    "subscriber": "You",
    "subscriber_merge": "That you were on the list twice",
    "subscriber_ward": "Other wards that you hear about",
    "subscriber_endpoint": "Your addresses",
    "endpoint": "What we know of each address",
    "subscription": "What you get, or got",
    "consent_event": "What you agreed to",
    "preference_visit": "When this page was asked for",
    "address_move": "Changes of address",
    "sign_up": "When you asked to join",
    "delivery": "What we sent you",
    "likely_duplicate": "Whether you may be on the list twice",
    "partner": "What you pass on to your readers",
    "partner_declaration": "How many readers you told us of",
    "partner_profile": "Your organisation",
    "partner_contact": "Who we write to at your organisation",
    "partner_reminder": "When we asked how many readers you have",
    "forward_ack": "When you told us that you passed an alert on",
    "access_grant": "Who may read what is kept apart",
    "restriction": "What is kept apart",
    "opening": "Who opened what is kept apart",
}
FIELDS: Mapping[str, str] = {
    "id": "Number of this record",
    "subscriber_id": "Your number on our list",
    "merged_id": "Your other number on our list, closed since",
    "into_id": "Your number on our list",
    "partner_id": "Your organisation's number on our list",
    "endpoint_id": "Number of the address",
    "old_endpoint_id": "Number of the old address",
    "new_endpoint_id": "Number of the new address",
    "topic_id": "Topic",
    "topics": "Topics",
    "mailing_id": "Number of the message",
    "alert_id": "Number of the alert",
    "kind": "Kind",
    "kind_id": "Number of the kind",
    "name": "Name",
    "role": "Role",
    "language": "Language",
    "ward": "Ward",
    "postcode": "Postcode",
    "formats": "Special formats",
    "partner_code": "Code of the partner who sent you",
    "channel": "Way to reach you",
    "address": "Address",
    "status": "State",
    "frequency": "How often",
    "source": "Where we have it from",
    "act": "What you did",
    "method": "How",
    "wording": "The words",
    "via": "How we were told",
    "at": "When",
    "since": "Since",
    "until": "Until",
    "number": "Number",
    "note": "Note",
    "basis": "How it was counted",
    "reach": "Readers",
    "declared_reach": "Readers that you told us of",
    "declared_at": "When you told us",
    "is_asked": "Whether we ask them for figures",
    "created_at": "First known to us",
    "confirmed_at": "Confirmed",
    "erased_at": "Erased",
    "paused_until": "Nothing is sent until",
    "started_at": "Began",
    "ended_at": "Ended",
    "ended_reason": "Why it ended",
    "asked_at": "Asked for",
    "asked_by": "Number of the officer who asked for it",
    "opened_at": "Opened",
    "done_at": "Done",
    "recorded_at": "Written down",
    "recorded_by": "Number of the officer who wrote it down",
    "officer_id": "Number of the officer",
    "low_id": "Number of the earlier entry",
    "high_id": "Number of the later entry",
    "because": "What is alike",
    "found_at": "Found",
    "verdict": "What an officer decided",
    "decided_at": "Decided",
    "decided_by": "Number of the officer who decided",
    "attempts": "Times we tried",
    "doubts": "Times it was not certain",
    "rings": "Times it rang and nobody answered",
    "due_at": "To be sent from",
    "lease_until": "Being sent until",
    "claimed_by": "Program that sends it",
    "provider_ref": "Reference of whoever carried it",
    "error": "What went wrong",
    "sent_at": "Sent",
    "settled_at": "Over",
    "subject": "Kind of record",
    "subject_id": "Number of the record",
    "root_subject": "Kind of record it belongs to",
    "root_id": "Number of the record it belongs to",
    "tier": "How closely it is kept",
    "origin": "How it came about",
    "reason": "Reason",
    "granted_by": "Number of the officer who allowed it",
    "granted_at": "Allowed",
    "expires_at": "Allowed until",
    "ended_by": "Number of the officer who ended it",
    "restricted_by": "Number of the officer who set it apart",
    "restricted_at": "Set apart",
    "lifted_by": "Number of the officer who lifted it",
    "lifted_at": "Lifted",
    "lift_reason": "Why it was lifted",
    "closed_at": "Closed",
}
# Words of the program's own, which are written with underscores, and lists of them.
_CODED = frozenset({"kind", "channel", "status", "formats", "topics", "because", "verdict", "via", "error"})
_MOMENTS = ("_at", "until", "since")
Names = Mapping[str, Mapping[str, str]]


def in_words(
    content: Mapping[str, Sequence[Mapping[str, str]]], names: Names
) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    """Return each kind of record by its title, and each of its records as pairs of words and value.

    :param names: by field, what its values are called, such as the title of each topic by its number.
    """
    return [(TABLES[table], [_row(row, names) for row in rows]) for table, rows in content.items()]


def _row(row: Mapping[str, str], names: Names) -> list[tuple[str, str]]:
    return [(FIELDS[field], _value(field, value, names)) for field, value in row.items()]


def _value(field: str, value: str, names: Names) -> str:
    known = names.get(field, {}).get(value)
    if known is not None:
        return known
    if field == "at" or field.endswith(_MOMENTS):
        return moment(datetime.fromisoformat(value))
    return (value.strip("[]").replace("'", "").replace("_", " ") or "None") if field in _CODED else value

"""What is held of people themselves: parties, subscribers, addresses, and what was sent to them."""

from tsalert.retention.held.entries import held
from tsalert.retention.vocabulary import Root

ENTRIES = (
    held("party", root=Root.PARTY, facts="kind", persons="name"),
    held("party_name", "party_id > party", persons="name folded", rows_go=True),
    held("party_name_key", "name_id > party_name", persons="key", rows_go=True),
    held("party_identifier", "party_id > party", facts="kind", persons="raw normal", rows_go=True),
    held("party_knowledge", "party_id > party", facts="kind", words="raw normal source reason"),
    held("party_link", "low_id > party", "high_id > party", facts="verdict"),
    held("party_warning", "party_id > party", words="text end_reason"),
    held("party_look_up", facts="form"),
    held("legal_hold", is_about=True, facts="subject", words="reason lift_reason"),
    held("access_request", root=Root.ACCESS_REQUEST, facts="reference decision release_digest", persons="name contact",
         words="extension_reason decision_reason", link="party_id"),
    held("access_review", "request_id > access_request", facts="place", words="reason"),
    held("access_grant", is_about=True, facts="subject origin", words="reason"),
    held("restriction", is_about=True, facts="subject root_subject", words="reason lift_reason"),
    held("opening", is_about=True, facts="root_subject", words="reason"),
    held("search_document", is_about=True, facts="source subject", persons="words", rows_go=True),
    # Intelligence is reviewed and runs out by its own dates; whom it names is kept as long as it stands.
    held("intelligence_note", facts="source assessment handling conditions text provenance reason"),
    held("intelligence_about", "note_id > intelligence_note", facts="kind raw normal", link="party_id"),
    held("intelligence_review", "note_id > intelligence_note", facts="words"),
    held("intelligence_sharing", "note_id > intelligence_note", facts="to_whom purpose"),
    held("review_reminder", facts="record"),
    held("subscriber", root=Root.SUBSCRIBER, facts="kind language ward formats", persons="name postcode"),
    held("subscriber_endpoint", "subscriber_id > subscriber", facts="channel"),
    held("subscription", "subscriber_id > subscriber", facts="frequency source ended_reason"),
    held("consent_event", "subscriber_id > subscriber", facts="act method wording source"),
    held("partner", "subscriber_id > subscriber", facts="basis code"),
    held("sign_up", "endpoint_id > endpoint", facts="topics ward source network_digest", persons="postcode"),
    held("endpoint", facts="channel status", persons="address address_key"),
    held("suppression", facts="channel address_key reason"),
    held("mailing", facts="subject text html sms voice lane state paused_because"),
    held("mailing_count", "mailing_id > mailing", facts="channel status"),
    held("delivery", "endpoint_id > endpoint", facts="channel status claimed_by provider_ref error"),
    held("delivery_event", facts="channel provider_ref status"),
    held("sent_message", "delivery_id > delivery", facts="channel content", persons="address"),
)  # fmt: skip

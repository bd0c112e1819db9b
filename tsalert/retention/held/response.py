"""What calls and incidents hold, and what comes with them: telephone, texts, pages, handovers."""

from tsalert.retention.held.entries import held
from tsalert.retention.vocabulary import Root

ENTRIES = (
    held("call", root=Root.CALL, facts="reference line source ward_code money_state disposition",
         persons="caller_name phone phone_e164 address postcode", words="happening trader"),
    held("call_party", "call_id > call", facts="role", link="party_id", rows_go=True),
    held("call_place", "call_id > call", persons="key", rows_go=True),
    held("telephone_call", "call_id > call", facts="provider_ref called", persons="caller prefix"),
    held("telephone_event", "telephone_call_id > telephone_call", facts="kind word", persons="number"),
    held("telephone_recording", "telephone_call_id > telephone_call", facts="provider_ref claimed_by fault sha256",
         words="held_reason", file="storage_key"),
    held("telephone_notice", "call_id > call", facts="key"),
    held("inbound_message", "call_id > call", facts="provider_ref taken_as", persons="sender", words="body answer"),
    held("inbound_mail", "call_id > call", facts="digest taken_as code", persons="sender", words="subject body"),
    held("incident", root=Root.INCIDENT, facts="reference category kind ward_code state outcome offered_to",
         persons="address postcode", words="outcome_note"),
    held("grading", "incident_id > incident", facts="proposed basis", words="reason"),
    held("incident_clock", "incident_id > incident", facts="basis end_reason"),
    held("breach", "clock_id > incident_clock"),
    held("clock_move", "clock_id > incident_clock"),
    held("attendance", "incident_id > incident"),
    held("milestone", "incident_id > incident", facts="step source", words="note"),
    held("fact_change", "incident_id > incident", "call_id > call", facts="fact source", persons="was became",
         words="reason"),
    held("page_run", "incident_id > incident", facts="reference grade end_reason"),
    held("page_attempt", "incident_id > incident", facts="purpose slot duty channel pressed answer"),
    held("page_event", "incident_id > incident", facts="what duty", words="note"),
    held("page_code", "incident_id > incident", facts="reference code"),
    held("welfare_watch", "incident_id > incident", facts="reference"),
    held("handover", "incident_id > incident", "case_id > case_file", facts="body state digest", persons="pack",
         words="facts risk actions told accepted_by their_reference reason"),
    held("offered_pack", "case_id > case_file", facts="key digest reference state reason too_late",
         persons="pack signed"),
    held("exchange_message", "handover_id > handover", "pack_id > offered_pack",
         facts="key kind state fault answer_key", words="payload"),
)  # fmt: skip

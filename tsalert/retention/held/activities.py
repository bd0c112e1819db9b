"""What is held of activities, zones and recognition: of the public, only those who were thanked."""

from tsalert.retention.held.entries import held

ENTRIES = (
    held("activity", facts="reference kind state title place audience host topic given_by partners materials note "
         "outcome cancelled_reason intervention_reference"),
    held("activity_ward", facts="ward_code"),
    held("activity_officer", "officer_id > officer"),
    held("activity_channel", facts="channel how"),
    held("activity_correction", facts="before reason"),
    held("cold_calling_zone", facts="name ward_code contact note end_reason"),
    held("zone_postcode", facts="postcode street"),
    held("zone_event", facts="act note before"),
    held("recognition", "incident_id > incident", "case_id > case_file", facts="kind", persons="name",
         words="words presented_where withdrawn_reason", link="party_id"),
)  # fmt: skip

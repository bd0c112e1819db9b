"""The words of a safeguarding concern."""

from tsalert.core.words import Word


class Answer(Word):
    """Whether one limb of section 42 is met, as far as is known."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class Consent(Word):
    """What the person said to a referral."""

    GIVEN = "given", "They agree"
    REFUSED = "refused", "They do not agree"
    NOT_ASKED = "not_asked", "They were not asked"
    LACKS_CAPACITY = "lacks_capacity", "They cannot decide this themselves"


class Override(Word):
    """Why it is sent although the person did not agree."""

    CAPACITY = "capacity", "They cannot decide this themselves"
    OTHERS_AT_RISK = "others_at_risk", "Others are at risk"
    COERCION = "coercion", "Somebody puts pressure on them"
    VITAL_INTEREST = "vital_interest", "To save their life or prevent serious harm"


class Act(Word):
    """Something that is recorded about a concern; the label is what the button says."""

    REFERRED = "referred", "Decide to refer"
    NOT_REFERRED = "not_referred", "Record that it was considered and not referred"
    SENT = "sent", "Record that it was sent"
    ACKNOWLEDGED = "acknowledged", "Record that they acknowledged it"
    OUTCOME = "outcome", "Record what came of it"


class State(Word):
    """How far a concern has come."""

    RAISED = "raised", "To be decided"
    NOT_REFERRED = "not_referred", "Considered, not referred"
    REFERRED = "referred", "To be sent"
    SENT = "sent", "Sent, not acknowledged"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    OUTCOME = "outcome", "Outcome known"


class Means(Word):
    """How something is sent."""

    SECURE_EMAIL = "secure_email", "Secure email"
    PORTAL = "portal", "Their own form or portal"
    TELEPHONE = "telephone", "Telephone"
    IN_PERSON = "in_person", "In person"
    POST = "post", "Post"


class Outcome(Word):
    """What adult social care did."""

    ENQUIRY = "enquiry", "Section 42 enquiry opened"
    OTHER_ENQUIRY = "other_enquiry", "Another enquiry opened"
    ASSESSMENT = "assessment", "Assessment of care needs"
    ADVICE = "advice", "Information or advice given"
    PASSED_ON = "passed_on", "Passed to another service"
    NO_FURTHER_ACTION = "no_further_action", "No further action"


class Late(Word):
    """What is late about a concern."""

    SENDING = "sending", "Not sent in time"
    ACKNOWLEDGEMENT = "acknowledgement", "Not acknowledged in time"

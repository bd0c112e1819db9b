"""The words in which people of a case, their vulnerability and their wishes are recorded."""

from tsalert.core.words import Word


class Role(Word):
    """As what somebody is part of a case; data protection asks to keep these apart (DPA 2018, section 38)."""

    VICTIM = "victim", "Victim"
    SUSPECT = "suspect", "Suspect"
    CONVICTED = "convicted", "Convicted"
    WITNESS = "witness", "Witness"
    INFORMANT = "informant", "Informant"
    OTHER = "other", "Other"


ACCUSED = (Role.SUSPECT, Role.CONVICTED)


class Finding(Word):
    """What an assessment came to; that nobody assessed somebody is no finding."""

    VULNERABLE = "vulnerable", "Vulnerable"
    NONE_APPARENT = "none_apparent", "None apparent"


class Factor(Word):
    """One thing that makes somebody vulnerable."""

    AGE = "age", "Age"
    LIVING_ALONE = "living_alone", "Lives alone"
    MEMORY = "memory", "Dementia or memory"
    BEREAVEMENT = "bereavement", "Bereavement"
    DISABILITY = "disability", "Disability or illness"
    ISOLATION = "isolation", "Isolation"
    EARLIER_VICTIM = "earlier_victim", "Victim before"
    MENTAL_HEALTH = "mental_health", "Mental health"
    LANGUAGE = "language", "Language"
    OTHER = "other", "Something else"


class Consent(Word):
    """Whether the person agreed that this is kept."""

    GIVEN = "given", "Given"
    REFUSED = "refused", "Refused"
    BEST_INTERESTS = "best_interests", "Lacks capacity: kept in their best interests"


class AssessedFrom(Word):
    """What an assessment rests on."""

    VISIT = "visit", "Seen by an officer"
    TELEPHONE = "telephone", "Spoken to by telephone"
    FAMILY = "family", "Told by family, friend or neighbour"
    CARER = "carer", "Told by a carer"
    SOCIAL_CARE = "social_care", "Adult social care"
    HEALTH = "health", "A health service"
    POLICE = "police", "Police"
    BANK = "bank", "Their bank"
    OTHER = "other", "Somebody else"


class Contact(Word):
    """How somebody wishes to be spoken to."""

    TELEPHONE = "telephone", "By telephone"
    VISIT = "visit", "By a visit"
    LETTER = "letter", "By letter"
    EMAIL = "email", "By email"
    THROUGH = "through", "Through somebody else"
    NOT_AT_ALL = "not_at_all", "Not at all"


class Answer(Word):
    """What somebody answered, if they were asked."""

    YES = "yes", "Yes"
    NO = "no", "No"
    UNDECIDED = "undecided", "Has not decided"
    NOT_ASKED = "not_asked", "Not asked"

"""The words that parties are described with."""

from tsalert.core.words import Word


class PartyKind(Word):
    """What a party is."""

    PERSON = "person", "Person"
    BUSINESS = "business", "Business"
    UNKNOWN = "unknown", "Person or business"


class IdentifierKind(Word):
    """Something by which a party can be known again."""

    PHONE = "phone", "Telephone"
    VEHICLE = "vehicle", "Vehicle registration"
    ADDRESS = "address", "Address"
    EMAIL = "email", "Email address"
    WEBSITE = "website", "Website"
    COMPANY = "company", "Company number"
    ACCOUNT = "account", "Last four digits of an account"


class KnownBy(Word):
    """Something that an officer may add to a party, or take back."""

    NAME = "name", "Name or trading name"
    PHONE = "phone", "Telephone"
    VEHICLE = "vehicle", "Vehicle registration"
    ADDRESS = "address", "Address"
    EMAIL = "email", "Email address"
    WEBSITE = "website", "Website"
    COMPANY = "company", "Company number"
    ACCOUNT = "account", "Last four digits of an account"


class Verdict(Word):
    """What an officer decided of two parties."""

    SAME = "same", "The same"
    DIFFERENT = "different", "Not the same"


class Likeness(Word):
    """Why a party may be the one meant, strongest first."""

    SAME_PHONE = "same_phone", "same phone"
    SAME_VEHICLE = "same_vehicle", "same vehicle"
    SAME_WEBSITE = "same_website", "same website"
    SAME_EMAIL = "same_email", "same email address"
    SAME_COMPANY = "same_company", "same company number"
    SAME_ADDRESS = "same_address", "same address"
    LIKE_ADDRESS = "like_address", "similar address"
    SAME_NAME = "same_name", "same name"
    SOUNDS_LIKE = "sounds_like", "sounds like"
    SAME_STREET = "same_street", "same street"


class Side(Word):
    """Which of the two that a call tells of."""

    CALLER = "caller", "Caller"
    TRADER = "trader", "Trader"

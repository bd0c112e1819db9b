"""The words of activities: kinds, states, audiences, channels, acts upon zones, and kinds of recognition. Pure."""

from msgspec import Struct

from tsalert.core.words import Word


class ActivityKind(Word):
    """What kind of activity it is."""

    TALK = "talk", "Talk"
    FRIENDS_SESSION = "friends_session", "Friends Against Scams session"
    TRAINING = "training", "Training of practitioners"
    COMMUNITY_DAY = "community_day", "Community day"
    CAMPAIGN = "campaign", "Campaign"

    @property
    def shape(self) -> "Shape":
        """What a record of this kind may hold."""
        return _SHAPES[self]


class State(Word):
    """How far an activity has come."""

    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class Audience(Word):
    """For whom an activity is."""

    RESIDENTS = "residents", "Residents"
    OLDER_PEOPLE = "older_people", "Older people"
    CARERS = "carers", "Carers and families"
    COMMUNITY_GROUP = "community_group", "Community group"
    SCHOOL = "school", "School or college"
    BUSINESSES = "businesses", "Businesses"
    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    POLICE = "police", "Police"
    BANKS = "banks", "Banks and building societies"
    HEALTH = "health", "Health workers"
    VOLUNTARY_SECTOR = "voluntary_sector", "Voluntary sector"
    COUNCIL_STAFF = "council_staff", "Other council staff"
    OTHERS = "others", "Others"

    @property
    def are_practitioners(self) -> bool:
        """True for people who meet victims at work, and so are trained and not only told."""
        return self in _PRACTITIONERS


class Channel(Word):
    """How a campaign or a community day reaches people."""

    WEB = "web", "Website"
    PRESS = "press", "Press"
    SOCIAL = "social", "Social media"
    LEAFLET = "leaflet", "Leaflets"
    DOOR_STICKERS = "door_stickers", "Door stickers"
    RADIO = "radio", "Radio"
    EVENT = "event", "Events"
    EMAIL = "email", "Email and newsletters"


class ZoneAct(Word):
    """What happens to a no-cold-calling zone."""

    SET_UP = "set_up", "Set up"
    CHANGED = "changed", "Set right"
    RENEWED = "renewed", "Renewed"
    ENDED = "ended", "Ended"


class RecognitionKind(Word):
    """How somebody is thanked who rang."""

    CERTIFICATE = "certificate", "Certificate"
    MEDAL = "medal", "Medal"
    LETTER = "letter", "Letter of thanks"


class Shape(Struct, frozen=True):
    """What a record of one kind may hold.

    :param numbers: which numbers are known once it was held, beside the leaflets that every kind may hand out.
    :param has_channels: it reaches people by channels, each with an estimate of how many.
    :param most_days: how long one may last.
    """

    numbers: tuple[str, ...]
    has_channels: bool = False
    most_days: int = 7


_SHAPES = {
    ActivityKind.TALK: Shape(("present",)),
    ActivityKind.FRIENDS_SESSION: Shape(("present", "trained", "refreshers", "champions")),
    ActivityKind.TRAINING: Shape(("present", "trained")),
    ActivityKind.COMMUNITY_DAY: Shape(("present",), has_channels=True),
    ActivityKind.CAMPAIGN: Shape((), has_channels=True, most_days=800),
}
_PRACTITIONERS = frozenset(
    {
        Audience.ADULT_SOCIAL_CARE,
        Audience.POLICE,
        Audience.BANKS,
        Audience.HEALTH,
        Audience.VOLUNTARY_SECTOR,
        Audience.COUNCIL_STAFF,
        Audience.BUSINESSES,
        Audience.OTHERS,
    }
)

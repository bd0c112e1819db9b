"""The words of letters."""

from tsalert.core.words import Word


class LetterKind(Word):
    """What a letter is for."""

    VISIT = "visit", "To the victim, after a visit"
    CANCELLATION = "cancellation", "To a trader: notice of cancellation"
    WARNING = "warning", "To a trader: warning"
    SAFEGUARDING = "safeguarding", "Safeguarding referral"
    REFERRAL = "referral", "Referral to another body"
    RECOGNITION = "recognition", "Thanks to somebody who helped"
    NO_FURTHER_ACTION = "no_further_action", "No further action"


class Means(Word):
    """How a letter was sent."""

    POST = "post", "Post"
    RECORDED_POST = "recorded_post", "Recorded post"
    BY_HAND = "by_hand", "By hand"
    SECURE_EMAIL = "secure_email", "Secure email"
    EMAIL = "email", "Email"


# Kept to those who may see T3 of the case.
SENSITIVE = frozenset({LetterKind.SAFEGUARDING})

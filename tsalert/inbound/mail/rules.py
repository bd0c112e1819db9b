"""What a mail is, and whether one that came back did so for good. Pure."""

import re

from tsalert.core.words import Word

LARGEST = 1_000_000
LONGEST_KEPT = 20_000
# Codes after which a mailbox or its domain is not there. Source: RFC 3463, and Exchange Online's own of 5.1.10 and 5.4.
_GONE = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1", "5.4.4", "5.4.310"})
# Codes that say nothing, so that the server's words decide.
_VAGUE = re.compile(r"5\.(?:[0-9]+)\.0\Z|5\.5\.[0-9]+\Z|5[0-9]{2}\Z")
_GONE_WORDS = re.compile(
    r"user unknown|unknown user|unknown recipient|unknown local|no such (?:user|recipient|mailbox|address|person)|"
    r"(?:does ?n[o']t|not) exist|n[o']t have an? \S+ account|"
    r"invalid (?:recipient|mailbox|address)|unrouteable address|mailbox (?:unavailable|not found)|"
    r"recipient (?:address )?rejected|(?:account|mailbox) (?:is )?(?:disabled|inactive)|host not found|"
    r"domain (?:name )?not found|no mailbox|wasn't found|couldn't be found|could not be found",
    re.IGNORECASE,
)
# What is said of us and our mail, or of the moment, tells nothing of whether the reader is there.
_OTHER_WORDS = re.compile(
    r"spam|spf|dkim|dmarc|block(?:ed|list)|black ?list|blacklist|policy|reputation|rate limit|too many|quota|"
    r"mailbox (?:is )?full|over ?quota|try again|greylist|too large|size limit",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![0-9.])")
_SMTP_CODE = re.compile(r"(?<![0-9.])([45][0-9]{2})(?=[ \-])")
_DAEMONS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "microsoftexchange", "mdaemon"})
_AUTO_SUBJECTS = re.compile(r"\s*(?:auto(?:matic)?[ -]?(?:reply|response)|autoreply)\b", re.IGNORECASE)
# People begin so too: "Vacation rental scam", "Away from home and they came back".
_AWAY_SUBJECTS = re.compile(r"\s*(?:out of (?:the )?office|away from|on (?:annual )?leave|vacation)\b", re.IGNORECASE)
_CHALLENGES = re.compile(
    r"(?:verify|confirm) (?:that )?(?:you|your (?:email|address|message))|(?:message|mail|sender) verification|"
    r"please confirm your (?:message|mail|email)|challenge",
    re.IGNORECASE,
)
# Behind it stands the subject that is answered, which may be an alert's "Texts that ask you to verify your account".
_ANSWERED = re.compile(r"\s*(?:re|fwd?|aw|sv|antw)\s*:", re.IGNORECASE)
_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{32})(?=@)")
_MOST_TOKENS = 50


class Sort(Word):
    """What a mail was taken as."""

    BOUNCE = "bounce", "Came back for good"
    SOFT_BOUNCE = "soft_bounce", "Came back this time"
    DELAY = "delay", "Notice of a delay"
    COMPLAINT = "complaint", "Report of spam"
    AUTO_REPLY = "auto_reply", "Automatic answer"
    CHALLENGE = "challenge", "Asks us to prove that we are people"
    MESSAGE = "message", "Message from a person"
    UNREAD = "unread", "Could not be read"


def is_gone(code: str, words: str) -> bool:
    """Tell whether a failure means that the mailbox is not there: only then is it believed at once.

    :param code: of RFC 3463 such as ``5.1.1``, or of SMTP such as ``550``.
    :param words: what the server said.
    """
    if not code.startswith("5") or _OTHER_WORDS.search(words):
        return False
    return code in _GONE or (_VAGUE.match(code) is not None and _GONE_WORDS.search(words) is not None)


def find_code(words: str) -> str:
    """Return the first code of a failure in a server's words, the more exact kind before SMTP's; "" without one."""
    for pattern in (_CODE, _SMTP_CODE):
        for code in pattern.findall(words):
            if not code.startswith("2"):
                return str(code)
    return ""


def exact_code(status: str, words: str) -> str:
    """Return the code to go by: the one in the server's words where the report's own says nothing."""
    own, said = find_code(status), find_code(words)
    return said if said and (not own or own.endswith(".0.0")) else own


def is_daemon(sender: str) -> bool:
    """Tell whether an address is one from which mail servers write."""
    local = sender.partition("@")[0].casefold()
    return local in _DAEMONS or local.startswith("microsoftexchange")


def is_auto_subject(subject: str, *, answers: bool) -> bool:
    """Tell whether a subject is that of an automatic answer.

    :param answers: the mail says which other one it answers; only then do words that people use too count.
    """
    return _AUTO_SUBJECTS.match(subject) is not None or (answers and _AWAY_SUBJECTS.match(subject) is not None)


def is_challenge(subject: str) -> bool:
    """Tell whether a subject asks the sender to prove that a person wrote; one that is answered asks for nothing."""
    return _ANSWERED.match(subject) is None and _CHALLENGES.search(subject) is not None


def find_tokens(text: str) -> list[str]:
    """Return what may be tokens of our Message-IDs, in order; whether they are is for the signer to say."""
    return list(dict.fromkeys(_TOKEN.findall(text)))[:_MOST_TOKENS]

"""The words of paging: what an attempt is for, what else happened, and why a run of pages ended."""

from enum import StrEnum

from tsalert.core.words import Word


class Purpose(Word):
    """What somebody is written to or rung for."""

    PAGE = "page", "Paged"
    TOLD = "told", "Told that pages do not go out"
    WELFARE = "welfare", "Asked whether they are safe"
    ALARM = "alarm", "Rung because an officer does not answer"


class Happening(Word):
    """Something that happened to a run of pages and was no attempt."""

    GAP = "gap", "Nobody could be paged"
    UNREACHABLE = "unreachable", "Nobody at all can be reached"
    PASSED = "passed", "Passed it on"
    TAKEN = "taken", "Took it"
    NOT_ON_THE_WAY = "not_on_the_way", "Not on the way in time: paged again"
    ANOTHER_ROUND = "another_round", "Nobody has taken it: paged again"
    CLOCK_WENT_BACK = "clock_went_back", "The clock was put back: the wait began anew"
    PROVIDER_DOWN = "provider_down", "Pages do not go out: ring by hand"
    SAFE = "safe", "Said to be safe"
    MISSED = "missed", "Did not answer the welfare check"
    ALARM_TAKEN = "alarm_taken", "Deals with the missed welfare check"
    ALARM_UNANSWERED = "alarm_unanswered", "Everybody was rung about the missed welfare check and nobody deals with it"


class EndReason(Word):
    """Why nobody needs to be paged any more."""

    EN_ROUTE = "en_route", "somebody is on the way"
    ON_SCENE = "on_scene", "somebody is on scene"
    RESOLVED_REMOTELY = "resolved_remotely", "it was resolved without a visit"
    STOOD_DOWN = "stood_down", "it was stood down"
    HANDED_OVER = "handed_over", "it was handed over"
    CLOSED = "closed", "it is closed"
    REGRADED = "regraded", "its grade pages nobody"


class Key(Word):
    """A key pressed on a call."""

    TAKE = "take", "pressed 1 to take it"
    PASS = "pass", "pressed 2 to pass"


KEYS = {"1": Key.TAKE, "2": Key.PASS}


class Verb(StrEnum):
    """What an officer may text with the code of a page."""

    TAKE = "TAKE"
    PASS = "PASS"  # noqa: S105 - a word to text, no secret
    ENROUTE = "ENROUTE"
    ARRIVED = "ARRIVED"
    CLEAR = "CLEAR"
    OK = "OK"

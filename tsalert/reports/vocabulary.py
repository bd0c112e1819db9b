"""Words of indicators: what is good, how it is rated, who reads it, and what kind of number it is."""

from tsalert.core.words import Word


class Polarity(Word):
    """Which way is better."""

    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"
    NEITHER = "neither", "Neither is better"


class RagRule(Word):
    """What an indicator's rating compares its figure with."""

    NONE = "none", "No rating"
    TARGET = "target", "Against a target"
    LAST_YEAR = "last_year", "Against the same period last year"
    STATISTICAL = "statistical", "Against its own usual swings"


class Rag(Word):
    """A rating; always told as a word, colour only beside it."""

    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"
    NOT_RATED = "not_rated", "Not rated"


class Audience(Word):
    """Who reads an indicator."""

    PUBLIC = "public", "Public and board"
    BOARD = "board", "Board alone"
    SERVICE = "service", "This service alone"


class Unit(Word):
    """What kind of number an indicator is; targets are told in the same."""

    COUNT = "count", "Number"
    MONEY = "money", "Pounds"
    SHARE = "share", "Percentage"


class Move(Word):
    """Which way a figure went."""

    UP = "up", "Up"
    DOWN = "down", "Down"
    SAME = "same", "No change"
    UNKNOWN = "unknown", "Not available"

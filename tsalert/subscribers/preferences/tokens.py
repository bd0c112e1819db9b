"""Signed values of preferences, one purpose each: the link in a message, an open page, a move to another address."""

from tsalert.delivery.tokens import Signer
from tsalert.visitors.tokens import signer


def link_signer() -> Signer:
    """Return who signs the links that open a page of preferences; they name a visit."""
    return signer("preferences link")


def pass_signer() -> Signer:
    """Return who signs the passes under which such a page stays open; they name a visit too."""
    return signer("preferences pass")


def move_signer() -> Signer:
    """Return who signs the links by which a new address confirms itself; they name a move."""
    return signer("address move")

"""What can go wrong, named for what happened; web/errors.py turns each into an answer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class TsalertError(Exception):
    """Base of every error that a user can be told about."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(TsalertError):
    """There is no such record, or none that this person may see."""


class NotAllowed(TsalertError):
    """The person is known but may not do this."""


class Withheld(NotAllowed):
    """The person may do this with other records, but this one, or a part of it, is kept from them.

    :param subject: what kind of record it is, in the trail's words.
    :param tier: how closely it is kept, 3 or 4 (tiers/rules.py).
    """

    def __init__(self, message: str, *, subject: str, subject_id: int, tier: int) -> None:
        super().__init__(message)
        self.subject = subject
        self.subject_id = subject_id
        self.tier = tier


class RuleViolation(TsalertError):
    """A rule of the domain refuses the request.

    :param field: the form field or JSON key at fault, where one can be named.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Conflict(TsalertError):
    """The record is not in a state that allows this step, or somebody else was first.

    :param legal: what may be done instead, in words.
    """

    def __init__(self, message: str, *, legal: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.legal = tuple(legal)


class ContinuedElsewhere(Conflict):
    """The case can only be read, since its matter goes on in another.

    :param case_id: the case in which it goes on.
    """

    def __init__(self, message: str, *, case_id: int, legal: Sequence[str] = ()) -> None:
        super().__init__(message, legal=legal)
        self.case_id = case_id


class Overtaken(Conflict):
    """Somebody else changed the record after the one who decides saw it."""


class OutOfDate(TsalertError):
    """The change was to count only if nothing else had changed, and something has."""


class AlreadyDone(TsalertError):
    """The same form or request was sent twice; the first one counted."""


class TooManyTries(TsalertError):
    """Somebody tried too often; a later try is welcome."""


class Unavailable(TsalertError):
    """Something that the work needs cannot be had now, such as room on the disk; nothing was changed."""


@contextmanager
def blame(field: str, kinds: type[TsalertError] | tuple[type[TsalertError], ...] = RuleViolation) -> Iterator[None]:
    """Refuse under a field's name what is refused within, so that its reader sees where it was typed.

    :param kinds: of errors that are meant.
    :raises RuleViolation: with that field.
    """
    try:
        yield
    except kinds as error:
        raise RuleViolation(error.message, field=field) from error

"""Being refused: with the right kind of error, at the right field, in a sentence that a person can read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from tsalert.core.errors import RuleViolation, TsalertError


@contextmanager
def refused(
    kind: type[TsalertError] = RuleViolation, says: str = "", *, field: str | None = None, legal: Sequence[str] = ()
) -> Iterator[pytest.ExceptionInfo[TsalertError]]:
    """Expect that what stands below is refused.

    :param says: words of the sentence.
    :param field: at which field; None where none is named.
    :param legal: what may be done instead, all of it.
    """
    with pytest.raises(kind) as found:
        yield found
    assert type(found.value) is kind
    assert says in found.value.message
    assert reads_as_sentences(found.value.message), found.value.message
    assert getattr(found.value, "field", None) == field
    assert getattr(found.value, "legal", ()) == tuple(legal)


def reads_as_sentences(message: str) -> bool:
    """Tell whether a message begins and ends as people write, and is not shouted."""
    return not message[:1].islower() and message.endswith((".", "?")) and not message.isupper()

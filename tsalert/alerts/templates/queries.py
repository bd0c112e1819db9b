"""Reading templates of alerts."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.alerts.templates.models import AlertTemplate
from tsalert.alerts.templates.rules import Words
from tsalert.alerts.templates.standard import STANDARD
from tsalert.core.errors import NotFound
from tsalert.core.keys import can_be_key

_TEXTS = ("title", "topic", "headline", "body", "advice", "sms", "voice")


class Template(Struct, frozen=True):
    """A template as it is in use; version 0 is what came with the program."""

    name: str
    version: int
    words: Words
    is_withdrawn: bool = False


def list_templates(session: Session, *, with_withdrawn: bool = False) -> list[Template]:
    """Return the templates in use, by title; those that were withdrawn last, where they are wanted."""
    latest = select(func.max(AlertTemplate.id)).group_by(AlertTemplate.name)
    rows = session.scalars(select(AlertTemplate).where(AlertTemplate.id.in_(latest)))
    written = {row.name: _of_row(row) for row in rows}
    shipped = {name: Template(name, 0, words) for name, words in STANDARD.items()}
    found = sorted((shipped | written).values(), key=lambda each: (each.is_withdrawn, each.words.title.casefold()))
    return [each for each in found if with_withdrawn or not each.is_withdrawn]


def get_template(session: Session, name: str) -> Template:
    """Return one template as it stands, withdrawn or not.

    :raises NotFound: there is none of this name.
    """
    found = find_template(session, name)
    if found is None:
        raise NotFound("There is no such template.")
    return found


def find_template(session: Session, name: str) -> Template | None:
    """Return one template as it stands, withdrawn or not; None where there is none of this name."""
    query = select(AlertTemplate).where(AlertTemplate.name == name).order_by(AlertTemplate.version.desc()).limit(1)
    row = session.scalar(query) if can_be_key(name) else None
    if row is not None:
        return _of_row(row)
    return Template(name, 0, STANDARD[name]) if name in STANDARD else None


def versions(session: Session, name: str) -> Sequence[AlertTemplate]:
    """Return the versions that staff wrote, latest first."""
    query = select(AlertTemplate).where(AlertTemplate.name == name)
    return session.scalars(query.order_by(AlertTemplate.version.desc())).all()


def _of_row(row: AlertTemplate) -> Template:
    words = Words(**{name: getattr(row, name) for name in _TEXTS})
    return Template(row.name, row.version, words, row.is_withdrawn)

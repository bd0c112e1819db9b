"""Use cases of letters: templates written anew, letters issued for good, and that they were sent."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.papers import authority
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.documents.description import Document, Lines, Signature, TitleHere
from tsalert.documents.keeping import digest, freeze
from tsalert.letters import filling, queries, rules
from tsalert.letters.models import Letter, LetterSending, LetterTemplate
from tsalert.letters.rules import NewLetter, NewSending, NewTemplate
from tsalert.letters.vocabulary import LetterKind
from tsalert.web.filters import day

_OVERTAKEN, _AGAIN = "Somebody has changed this template meanwhile.", ("load the page again",)


def save_template(kind: LetterKind, new: NewTemplate, *, after: int, actor: Actor, now: datetime) -> int:
    """Write a further version of the words of a kind of letter; returns its number.

    :param after: the version that the writer saw.
    :raises RuleViolation: a placeholder is not one of this letter's.
    :raises Conflict: somebody wrote another version meanwhile.
    """
    actor.require(Permission.MANAGE_RESPONSE)
    rules.check_template(kind, new)
    with transaction() as session:
        standing = queries.wording(session, kind)
        if standing.version != after:
            raise Conflict(_OVERTAKEN, legal=_AGAIN)
        version = standing.version + 1
        values = {"title": new.title, "body": new.body, "reason": new.reason}
        session.add(LetterTemplate(kind=kind, version=version, **values, made_by=actor.officer_id, made_at=now))
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(_OVERTAKEN, legal=_AGAIN) from error
        audit.record(session, actor, "template changed", "letter template", None, now=now, kind=kind, version=version)
        return version


def begin_letter(
    session: Session, case: CaseFile, choice: tuple[LetterKind, int | None], *, actor: Actor, now: datetime
) -> NewLetter:
    """Return a letter as its template begins it; what is not known stays as a placeholder to be written over.

    :raises NotFound: the case has no such contract, concern or referral.
    """
    known = filling.values(session, case, choice, actor=actor, now=now)
    words = queries.wording(session, choice[0])
    return NewLetter(
        choice[0], _recipient(choice[0], known), rules.fill(words.title, known), rules.fill(words.body, known),
        words.version,
    )  # fmt: skip


def write_document(new: NewLetter, case: CaseFile, *, actor: Actor, now: datetime) -> Document:
    """Return a letter as a document.

    :raises RuleViolation: something is left to fill in, or its title says who the victim is.
    """
    rules.check_letter(new, victim=case.victim_name)
    known = filling.of_service(actor, now)
    head = Lines(
        tuple(filter(None, (known["authority"], f"Telephone {known['telephone']}" if known["telephone"] else "")))
    )
    dated = Lines((day(london_date(now)), f"Our reference: {case.reference}"))
    blocks = (head, Lines(tuple(new.recipient.split("\n"))), dated, TitleHere(), *rules.blocks_of(new.body))
    signed = Signature((actor.name, known["authority"]))
    return Document(new.title, authority(), now, (*blocks, signed), footer=case.reference)


def issue_letter(case_id: int, new: NewLetter, *, actor: Actor, now: datetime) -> int:
    """Issue a letter: it is kept word for word from now on. Returns its id.

    :raises NotFound: there is no such case.
    :raises ContinuedElsewhere: it goes on in another.
    :raises RuleViolation: something is left to fill in, or its title says who the victim is.
    :raises Withheld: this person may not see the case, or what such a letter says.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        case = cases.get_visible_case(session, case_id, actor=actor, now=now)
        merging.require_here(session, case)
        queries.require_kind(session, case_id, new.kind, actor=actor, now=now)
        content = freeze(write_document(new, case, actor=actor, now=now))
        row = Letter(
            case_id=case_id,
            kind=new.kind,
            template_version=new.template_version,
            title=new.title,
            content=content,
            digest=digest(content),
            issued_by=actor.officer_id,
            issued_at=now,
        )
        session.add(row)
        session.flush()
        _record(session, actor, "issued", row, now, kind=row.kind, digest=row.digest)
        return row.id


def record_sending(case_id: int, letter_id: int, told: NewSending, *, actor: Actor, now: datetime) -> None:
    """Record how a letter was sent; one may be sent more than once.

    :raises NotFound: there is no such letter.
    :raises RuleViolation: its time cannot be.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = queries.get_letter(session, case_id, letter_id, actor=actor, now=now).row
        sent_at = rules.read_sent_at(told.sent_at, issued_at=row.issued_at, now=now)
        session.add(
            LetterSending(
                letter_id=letter_id,
                means=told.means,
                sent_to=told.sent_to,
                sent_at=sent_at,
                recorded_by=actor.officer_id,
                recorded_at=now,
            )
        )
        _record(session, actor, "sent", row, now, means=told.means)


def _recipient(kind: LetterKind, known: filling.Values) -> str:
    """Return the lines of the address, as far as they are known."""
    if kind in {LetterKind.VISIT, LetterKind.NO_FURTHER_ACTION}:
        return "\n".join(filter(None, (known.get("victim"), *known.get("victim_address", "").split(", "))))
    return known.get("body", "")


def _record(session: Session, actor: Actor, action: str, row: Letter, now: datetime, **detail: str) -> None:
    audit.record(session, actor, action, "letter", row.id, now=now, case=row.case_id, **detail)

"""What a concern holds, what may be recorded of it next, and by when. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from tsalert.core.clock import as_utc, london_date, london_midnight
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.working_days import working_days_after
from tsalert.safeguarding.vocabulary import Act, Answer, Consent, Late, Means, Outcome, Override, State

SEND_WITHIN, ACKNOWLEDGE_WITHIN = 1, 3  # working days
SHORTEST_REASON = 10
LEGAL: dict[State, tuple[Act, ...]] = {
    State.RAISED: (Act.REFERRED, Act.NOT_REFERRED),
    State.NOT_REFERRED: (Act.REFERRED,),
    State.REFERRED: (Act.SENT,),
    State.SENT: (Act.ACKNOWLEDGED, Act.OUTCOME),
    State.ACKNOWLEDGED: (Act.OUTCOME,),
    State.OUTCOME: (Act.OUTCOME,),
}


class NewConcern(Struct, frozen=True):
    """A concern about one person of a case or an incident; exactly one of the two is named.

    Each limb of section 42 has its answer and the words for it: ``needs`` for care and support, ``harm`` from abuse or
    neglect or the risk of it, ``unable`` to protect themselves because of those needs.
    """

    person: str
    needs: Answer
    harm: Answer
    unable: Answer
    consent: Consent
    needs_words: str | None = None
    harm_words: str | None = None
    unable_words: str | None = None
    wishes: str | None = None
    consent_words: str | None = None
    case_id: int | None = None
    incident_id: int | None = None


class NewStep(Struct, frozen=True):
    """One thing that is recorded of a concern; which parts it needs depends on the act.

    :param who: the team that it was sent to, or the person who acknowledged it.
    """

    act: Act
    occurred_at: datetime | None = None
    words: str | None = None
    override: Override | None = None
    who: str | None = None
    means: Means | None = None
    their_reference: str | None = None
    outcome: Outcome | None = None


class Standing(Struct, frozen=True):
    """Where a concern stands: its state, when that began, and by when the next step is due."""

    state: State
    since: datetime
    due_on: date | None

    @property
    def legal(self) -> tuple[Act, ...]:
        """What may be recorded next."""
        return LEGAL[self.state]

    def late(self, now: datetime) -> Late | None:
        """Tell what is late; a day that is due is late once it is over."""
        if self.due_on is None or london_date(now) <= self.due_on:
            return None
        return Late.ACKNOWLEDGEMENT if self.state is State.SENT else Late.SENDING


def read_standing(raised_at: datetime, steps: Sequence[tuple[Act, datetime]]) -> Standing:
    """Return where a concern stands after its steps, oldest first."""
    state, since = State.RAISED, raised_at
    if steps:
        act, since = steps[-1]
        state = State(act.value)
    if state in {State.RAISED, State.REFERRED}:
        return Standing(state, since, working_days_after(london_date(raised_at), SEND_WITHIN))
    if state is State.SENT:
        return Standing(state, since, working_days_after(london_date(since), ACKNOWLEDGE_WITHIN))
    return Standing(state, since, None)


def require_one_subject(new: NewConcern) -> None:
    """Refuse a concern about nothing, or about two things at once.

    :raises RuleViolation: it is one of these.
    """
    if (new.case_id is None) == (new.incident_id is None):
        raise RuleViolation("Name the case or the incident of the concern.", field="case_id")


def require_words(new: NewConcern) -> None:
    """Refuse an answer that nothing stands behind: who reads it later must know why.

    :raises RuleViolation: a limb is answered with yes or no, and no words say why.
    """
    limbs = (
        ("needs_words", new.needs, new.needs_words),
        ("harm_words", new.harm, new.harm_words),
        ("unable_words", new.unable, new.unable_words),
    )
    for field, answer, words in limbs:
        if answer is not Answer.NOT_KNOWN and not words:
            raise RuleViolation("Say what this answer is based on.", field=field)


def require_legal(standing: Standing, step: NewStep, *, now: datetime) -> None:
    """Refuse a step out of turn, or one told before the one it follows, or for a time to come.

    :raises Conflict: naming what may be recorded.
    :raises RuleViolation: its time cannot be.
    """
    if step.act not in standing.legal:
        raise Conflict(f"This concern stands at: {standing.state.label}.", legal=[act.label for act in standing.legal])
    told = as_utc(step.occurred_at or now)
    day_began = london_midnight(london_date(standing.since))
    if told > as_utc(now):
        raise RuleViolation("Give a time that has passed.", field="occurred_at")
    if told < day_began:
        raise RuleViolation("That is before the step that it follows.", field="occurred_at")


def require_complete(step: NewStep, consent: Consent) -> None:
    """Refuse a step that leaves out what an enquiry would ask for.

    :raises RuleViolation: naming what is missing.
    """
    if step.act is Act.REFERRED:
        _require_consent(step, consent)
    elif step.act is Act.NOT_REFERRED and len(step.words or "") < SHORTEST_REASON:
        raise RuleViolation("Say why it is not referred.", field="words")
    elif step.act is Act.SENT:
        _need(step.who, "who", "Say which team it was sent to.")
        _need(step.means, "means", "Say how it was sent.")
    elif step.act is Act.ACKNOWLEDGED:
        _need(step.who, "who", "Say who acknowledged it.")
    elif step.act is Act.OUTCOME:
        _need(step.outcome, "outcome", "Say what came of it.")


def _require_consent(step: NewStep, consent: Consent) -> None:
    if consent is Consent.GIVEN:
        return
    _need(step.override, "override", "They did not agree. Say why it is sent all the same.")
    if len(step.words or "") < SHORTEST_REASON:
        raise RuleViolation("Say in words why it is sent although they did not agree.", field="words")


def _need(value: object, field: str, message: str) -> None:
    if not value:
        raise RuleViolation(message, field=field)

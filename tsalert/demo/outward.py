"""What left the service about the gardeners' case: safeguarding, referrals and letters; all of it invented."""

from datetime import datetime, timedelta

from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.enforcement import queries as enforcement
from tsalert.letters import service as letters
from tsalert.letters.rules import NewLetter, NewSending
from tsalert.letters.vocabulary import LetterKind
from tsalert.letters.vocabulary import Means as Post
from tsalert.referrals import bodies
from tsalert.referrals import service as referrals
from tsalert.referrals.rules import Acknowledgement, NewBody, NewReferral, Sending
from tsalert.referrals.vocabulary import BodyKind, LawfulReason, Means
from tsalert.safeguarding import service as safeguarding
from tsalert.safeguarding.rules import NewConcern, NewStep
from tsalert.safeguarding.vocabulary import Act, Answer, Consent, Outcome, Override
from tsalert.safeguarding.vocabulary import Means as Way

_DAY = timedelta(days=1)
_SOCIAL_CARE = "Adult social care, initial response (invented)"
_BODIES = (
    (NewBody(BodyKind.ADULT_SOCIAL_CARE, _SOCIAL_CARE, phone="020 7946 0142", email="asc@example.org"), 20),
    (NewBody(BodyKind.POLICE, "Police economic crime desk (invented)", email="crime.desk@example.org"), 60),
    (NewBody(BodyKind.NTS_SCAMS_TEAM, "National Scams Team (invented contact)", email="scams@example.org"), 500),
    (NewBody(BodyKind.VICTIM_SUPPORT, "Victim support, local office (invented)", phone="020 7946 0163"), 90),
)


def load_outward(team: Crew, case_id: int, now: datetime) -> None:
    """Load bodies, two referrals, two concerns and two letters of one case."""
    team.tell("Safeguarding, referrals and letters")
    keys = [bodies.add_body(new, actor=team.officer, now=now - days * _DAY) for new, days in _BODIES]
    _pass_on(team, case_id, keys, now)
    _ask_for_help(team, case_id, now)
    _worry(team, case_id, now)
    _write(team, case_id, now - 100 * _DAY)


def _pass_on(team: Crew, case_id: int, keys: list[int], now: datetime) -> None:
    """Tell the police, who answer."""
    at = now - 195 * _DAY
    crime = NewReferral(
        "Two men were paid in cash on thirteen visits. Please record this and give us a crime reference. Invented.",
        contact=f"partner:{keys[1]}",
        shared=("matter", "money", "victim"),
        lawful_reason=LawfulReason.CRIME,
        case_id=case_id,
    )
    number = referrals.draft_referral(crime, actor=team.officer, now=at)
    referrals.record_sending(number, Sending(Means.SECURE_EMAIL, "crime.desk@example.org"), actor=team.officer, now=at)
    told = Acknowledgement("PC Example", "CR/0417/26")
    referrals.record_acknowledgement(number, told, actor=team.officer, now=at + _DAY)
    outcome = "They took statements and left the prosecution to us. Invented."
    referrals.record_outcome(number, outcome, actor=team.second, now=at + 40 * _DAY)


def _ask_for_help(team: Crew, case_id: int, now: datetime) -> None:
    """Begin to tell a charity; nothing has left yet."""
    new = NewReferral(
        "Please ring to arrange a first visit. Invented.",
        kind=BodyKind.VICTIM_SUPPORT,
        body="Befriending scheme (invented)",
        shared=("matter",),
        case_id=case_id,
    )
    referrals.draft_referral(new, actor=team.second, now=now - 2 * _DAY)


def _worry(team: Crew, case_id: int, now: datetime) -> None:
    """Raise one concern that was answered, and one that should have been sent."""
    first = _concern(case_id, Consent.GIVEN)
    at = now - 196 * _DAY
    number = safeguarding.raise_concern(first, actor=team.officer, now=at)
    steps = (
        NewStep(Act.REFERRED),
        NewStep(Act.SENT, who=_SOCIAL_CARE, means=Way.SECURE_EMAIL),
        NewStep(Act.ACKNOWLEDGED, who="Sam Example (invented)", their_reference="ASC-0117"),
        NewStep(Act.OUTCOME, outcome=Outcome.ENQUIRY, words="A worker visits each week. Invented."),
    )
    for days, step in enumerate(steps):
        safeguarding.record_step(number, step, actor=team.officer, now=at + days * _DAY)
    later = now - 5 * _DAY
    number = safeguarding.raise_concern(_concern(case_id, Consent.REFUSED), actor=team.officer, now=later)
    words = "A man sits with the victim at each call and answers for them. Invented."
    step = NewStep(Act.REFERRED, override=Override.COERCION, words=words)
    safeguarding.record_step(number, step, actor=team.manager, now=later + timedelta(hours=1))


def _concern(case_id: int, consent: Consent) -> NewConcern:
    return NewConcern(
        person="The victim of this case (invented)",
        needs=Answer.YES,
        harm=Answer.YES,
        unable=Answer.YES if consent is Consent.GIVEN else Answer.NOT_KNOWN,
        consent=consent,
        needs_words="Carers come twice a day. Invented.",
        harm_words="Paid cash on thirteen visits. Invented.",
        unable_words="Did not recall the earlier visits. Invented." if consent is Consent.GIVEN else None,
        wishes="To stay at home, and that the men do not come back. Invented.",
        case_id=case_id,
    )


def _write(team: Crew, case_id: int, at: datetime) -> None:
    """Write to the victim after a visit, and give notice of the contract's end to the trader."""
    visit = _begun(case_id, LetterKind.VISIT, None, team.officer, at)
    number = letters.issue_letter(case_id, visit, actor=team.officer, now=at)
    posted = NewSending(Post.POST, "The address of this case (invented)")
    letters.record_sending(case_id, number, posted, actor=team.officer, now=at + _DAY)
    contract = enforcement.recorded(db.session(), case_id).cancellations[0]
    notice = _begun(case_id, LetterKind.CANCELLATION, contract.id, team.officer, at)
    finished = NewLetter(notice.kind, "The gardeners (invented)", notice.title, notice.body)
    letters.issue_letter(case_id, finished, actor=team.officer, now=at)


def _begun(case_id: int, kind: LetterKind, of: int | None, actor: Actor, at: datetime) -> NewLetter:
    case = cases.get_visible_case(db.session(), case_id, actor=actor, now=at)
    return letters.begin_letter(db.session(), case, (kind, of), actor=actor, now=at)

"""The people, care, letters, intelligence and access around the case of the story, with the canary in each box."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.retention.conftest import CANARY, HOUR, PHONE, THEN, Story, closed_case
from tsalert.activities import recognising
from tsalert.activities.recognising import SeenRecognition
from tsalert.activities.recognition_rules import NewRecognition, Presentation
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.cases import merging, partners, saved_filters
from tsalert.cases import queries as cases
from tsalert.cases.listing import CaseFilter
from tsalert.cases.merging import NewMerge
from tsalert.cases.people import service as people
from tsalert.cases.people import vocabulary as roles
from tsalert.cases.people.models import CaseParty
from tsalert.cases.people.rules import NewAssessment, NewRole, NewWishes, RoleEnd
from tsalert.cases.vocabulary import PartnerBody
from tsalert.core.actors import Actor
from tsalert.core.periods import parse_period
from tsalert.db import db
from tsalert.identifying.vocabulary import Check
from tsalert.intelligence import service as intelligence
from tsalert.intelligence.rules import NewAbout, NewIntelligence, NewSharing
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation
from tsalert.letters import service as letters
from tsalert.letters import vocabulary as letter_words
from tsalert.letters.rules import NewLetter
from tsalert.letters.rules import NewSending as LetterSent
from tsalert.quarterly.studies import service as studies
from tsalert.quarterly.studies.rules import Beginning, Why, Writing
from tsalert.referrals import service as referrals
from tsalert.referrals import vocabulary as referral_words
from tsalert.referrals.rules import Acknowledgement, NewReferral, Sending
from tsalert.restricting import service as restricting
from tsalert.safeguarding import service as safeguarding
from tsalert.safeguarding import vocabulary as care
from tsalert.safeguarding.rules import NewConcern, NewStep
from tsalert.tiers import granting
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.vocabulary import Subject

DAY = THEN.date()


class Casework:
    """What is written around the case of a story before it is closed."""

    def __init__(self, actor: Actor, lead: Actor) -> None:
        self.actor, self.lead = actor, lead
        self.said: dict[str, Any] = {"actor": actor, "now": THEN + 9 * HOUR}

    def __call__(self, story: Story) -> None:
        """Write everything down."""
        self.case_id, self.incident_id = story.case_id, story.incident_id
        restricting.put_on(self.case_id, self._id(self.actor), actor=self.lead, now=THEN + 8 * HOUR)
        self.name_people()
        self.care()
        self.refer()
        self.write()
        self.tell_the_board()
        self.thank()
        self.learn()
        self.look()
        self.keep_apart()
        self.merge()

    def name_people(self) -> None:
        people.keep_victim(self.case_id, **self.said)
        victim = db.session.scalars(select(CaseParty.party_id).where(CaseParty.case_id == self.case_id)).first()
        self.victim = victim or 0
        new = NewRole(role=roles.Role.WITNESS, source=f"{CANARY} told us", name=f"Wyn {CANARY}")
        role = people.give_role(self.case_id, new, **self.said)
        people.end_role(self.case_id, role, RoleEnd(reason=f"{CANARY} saw nothing"), **self.said)
        found = NewAssessment(
            finding=roles.Finding.VULNERABLE, consent=roles.Consent.REFUSED, source=roles.AssessedFrom.VISIT,
            factors=(roles.Factor.MEMORY,), words=f"{CANARY} forgets", consent_reason=f"{CANARY} did not say",
        )  # fmt: skip
        people.assess(self.case_id, self.victim, found, **self.said)
        wishes = NewWishes(
            contact=roles.Contact.THROUGH, when=f"when {CANARY} is up", through=f"Sol {CANARY}",
            words=f"{CANARY} wants it over",
        )  # fmt: skip
        people.record_wishes(self.case_id, self.victim, wishes, **self.said)

    def care(self) -> None:
        yes = care.Answer.YES
        concern = NewConcern(
            f"Vi {CANARY}", yes, yes, yes, care.Consent.REFUSED, f"{CANARY} cannot cook", f"{CANARY} lost money",
            f"{CANARY} lets them in", f"{CANARY} wants peace", f"{CANARY} said no", case_id=self.case_id,
        )  # fmt: skip
        number = safeguarding.raise_concern(concern, **self.said)
        for step in (
            NewStep(care.Act.REFERRED, words=f"{CANARY} is pressed by them", override=care.Override.COERCION),
            NewStep(care.Act.SENT, who=f"{CANARY}'s team", means=care.Means.TELEPHONE),
            NewStep(care.Act.ACKNOWLEDGED, who=f"{CANARY}'s worker", their_reference=f"{CANARY}/2"),
            NewStep(care.Act.OUTCOME, words=f"{CANARY} was seen", outcome=care.Outcome.ADVICE),
        ):
            safeguarding.record_step(number, step, **self.said)

    def refer(self) -> None:
        new = NewReferral(
            f"{CANARY} was robbed", referral_words.BodyKind.POLICE, "Anytown Police", shared=("summary", "victim"),
            lawful_reason=referral_words.LawfulReason.CRIME, case_id=self.case_id,
        )  # fmt: skip
        number = referrals.draft_referral(new, **self.said)
        referrals.record_sending(number, Sending(referral_words.Means.TELEPHONE, f"PC {CANARY}"), **self.said)
        referrals.record_acknowledgement(number, Acknowledgement(f"Sgt {CANARY}", f"{CANARY}/3"), **self.said)
        referrals.record_outcome(number, f"{CANARY} gave a statement", **self.said)
        dropped = referrals.draft_referral(new, **self.said)
        referrals.withdraw_referral(dropped, f"{CANARY} asked us not to", **self.said)
        passed = partners.NewReferral(
            PartnerBody.BANK, DAY, f"{CANARY}'s branch", f"{CANARY}/4", note=f"{CANARY} drew £4,000"
        )  # fmt: skip
        wrong = partners.record_referral(self.case_id, passed, **self.said)
        partners.take_back_referral(self.case_id, wrong, f"{CANARY} banks elsewhere", **self.said)

    def write(self) -> None:
        new = NewLetter(
            letter_words.LetterKind.VISIT, f"Vi {CANARY}", f"After {PHONE} rang", f"Dear {CANARY},\n\nstay well."
        )
        number = letters.issue_letter(self.case_id, new, **self.said)
        letters.record_sending(self.case_id, number, LetterSent(letter_words.Means.POST, f"Vi {CANARY}"), **self.said)

    def tell_the_board(self) -> None:
        new = Beginning(parse_period("2016/17 Q4"))
        number = studies.begin_study(self.case_id, new, actor=self.lead, now=THEN + 9 * HOUR)
        told = Writing(f"{CANARY}'s roof", f"{CANARY} paid £4,000.", edition_reason=f"{CANARY} agreed")
        studies.save_text(self.case_id, number, told, after=1, actor=self.lead, now=THEN + 9 * HOUR)
        why = Why(Check.NAME, CANARY, f"{CANARY} is a bird")
        studies.say_why(self.case_id, number, why, actor=self.lead, now=THEN + 9 * HOUR)
        studies.withdraw(self.case_id, number, f"{CANARY} asked us to", actor=self.lead, now=THEN + 9 * HOUR)

    def thank(self) -> None:
        new = NewRecognition(
            name=f"Ned {CANARY}", kind=RecognitionKind.CERTIFICATE, words=f"{CANARY} rang at once", decided_on=DAY,
            decided_by=self._id(self.lead), case_id=self.case_id, incident_id=self.incident_id, party_id=self.victim,
        )  # fmt: skip
        number = recognising.decide_recognition(new, **self.said)
        recognising.present(SeenRecognition(number, 1), Presentation(DAY, f"{CANARY}'s hall"), **self.said)
        other = recognising.decide_recognition(new, **self.said)
        recognising.withdraw_recognition(SeenRecognition(other, 1), f"{CANARY} would rather not", **self.said)

    def learn(self) -> None:
        about = (NewAbout(About.PARTY, party_id=self.victim), NewAbout(About.PHONE, PHONE))
        known: Any = {
            "source": SourceEvaluation.UNTESTED, "assessment": Assessment.KNOWN_DIRECTLY, "about": about,
            "provenance": f"{CANARY} told us", "information_on": DAY, "review_on": DAY + timedelta(days=90),
        }  # fmt: skip
        new = NewIntelligence(
            handling=Handling.CONDITIONS, text=f"{CANARY} drives a white van", conditions=f"Not to {CANARY}", **known
        )  # fmt: skip
        first = intelligence.write_note(new, is_demo=True, **self.said)
        intelligence.review_note(first, DAY + timedelta(days=100), f"{CANARY} has it still", **self.said)
        told = NewSharing(to_whom=f"PC {CANARY}", purpose=f"to find {CANARY}", conditions_told=True)
        intelligence.share_note(first, told, **self.said)
        again = NewIntelligence(
            handling=Handling.PERMITTED, text=f"{CANARY} sold the van", expires_on=DAY + timedelta(days=365),
            supersedes=first, reason=f"{CANARY} rang", restricted_because=f"{CANARY} would be in danger", **known,
        )  # fmt: skip
        intelligence.write_note(again, is_demo=True, **self.said)

    def look(self) -> None:
        wanted = CaseFilter(text=f"{CANARY} roof")
        saved_filters.look_for_words(wanted, **self.said)
        saved_filters.save(saved_filters.NewFilter(f"{CANARY}'s roofs", wanted, is_shared=True), **self.said)

    def keep_apart(self) -> None:
        record, now = (Subject.CASE, self.case_id), THEN + 10 * HOUR
        restricting.restrict(record, f"{CANARY} is an officer's mother", actor=self.lead, now=now)
        grant = NewGrant(self._id(self.actor), *record, now + 24 * HOUR, f"{CANARY}'s case officer")
        granting.give(grant, actor=self.lead, now=now)
        restricting.open_record(record, f"{CANARY} rang this officer", actor=self.actor, now=now)
        restricting.lift(record, f"{CANARY} is nobody's mother", actor=self.lead, now=now + HOUR)

    def merge(self) -> None:
        session = db.session()
        into = cases.get_case(session, self.case_id).reference
        earlier = closed_case(self.actor, now=THEN)
        merging.merge(earlier, NewMerge(into, f"{CANARY} told both"), **self.said)
        merging.undo(earlier, f"{CANARY} is two people", **self.said)
        merging.merge(earlier, NewMerge(into, f"{CANARY} is one after all"), **self.said)

    @staticmethod
    def _id(actor: Actor) -> int:
        assert actor.officer_id is not None
        return actor.officer_id

"""Working out a run: what stood at its instant, valued record by record in a fixed order, and sealed."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.runs import sealing
from tsalert.runs.canonical import Digest, line
from tsalert.runs.rules import Question
from tsalert.runs.tally import Tally
from tsalert.runs.valuing import Valuer


class Outcome(Struct, frozen=True):
    """What a run came to. ``rate_sets`` and ``totals`` are canonical JSON."""

    records: int
    lines: int
    rate_sets: str
    digest_of_inputs: str
    digest_of_results: str
    totals: str


def work_out(session: Session, question: Question, as_of: datetime) -> Outcome:
    """Work a run out from its first record to its last, keeping none of them.

    :raises RuleViolation: there is no such profile.
    """
    valuer = Valuer(session, question, as_of)
    inputs, results, tally = Digest(), Digest(), Tally()
    records = 0
    for seal in (inputs, results):
        seal.add(sealing.question_line(question))
    for worked in valuer.work():
        records += 1
        inputs.add(sealing.record_line(worked))
        for each in worked.lines:
            results.add(sealing.result_line(worked, each))
            tally.add(each, is_bank_loss=worked.stood.is_bank_loss)
    for rate_set in valuer.used_sets():
        inputs.add(sealing.rate_set_line(rate_set.slug, rate_set.span, rate_set.rates))
    slugs = line({"rate_sets": [rate_set.slug for rate_set in valuer.used_sets()]})
    return Outcome(records, results.lines - 1, slugs, inputs.hex(), results.hex(), tally.text())

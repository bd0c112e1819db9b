"""The timetable: what runs by itself, and how often. Each job is one call that may be repeated without harm."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from tsalert.alerts import letting_go as old_alerts
from tsalert.alerts.figures import queries as figures
from tsalert.alerts.figures import quoting
from tsalert.alerts.scheduling import service as scheduling
from tsalert.circulation import reminding as partners
from tsalert.delivery import doubts, recovery
from tsalert.digests import letting_go as old_digests
from tsalert.digests import service as digests
from tsalert.enforcement import reminding as deadlines
from tsalert.evidence import looking
from tsalert.evidence import service as evidence
from tsalert.exchange import lapsing as offered
from tsalert.exchange import sending as exchange
from tsalert.handover import lapsing, reminding
from tsalert.hygiene import canaries, clearing, doubles, months, refusals
from tsalert.inbound import asking, catching_up
from tsalert.installation import signs
from tsalert.intelligence import reminding as reviews
from tsalert.linked import looking as linked
from tsalert.nearby import reading as nearby
from tsalert.oversight import publishing, telling
from tsalert.paging import troubles, welfare
from tsalert.quarterly.timetable import reminding as board_timetable
from tsalert.response import answering, missed
from tsalert.response import service as response
from tsalert.retention import continuing, recordings
from tsalert.retention.access import reminding as access
from tsalert.rota import alarms, planning
from tsalert.safeguarding import reminding as safeguarding
from tsalert.subscribers import kept_counts
from tsalert.subscribers.preferences import pausing, visits
from tsalert.tiers import expiring
from tsalert.visitors import limiting
from tsalert.webhooks import sending as webhooks


class Job(Struct, frozen=True):
    """One entry: a name for the log, the seconds between two runs, and the call with the database's time.

    :param is_pressing: officers wait for it, so it waits for no other job: not even for many that wait for the network.
    """

    name: str
    seconds: int
    call: Callable[[datetime], object]
    is_pressing: bool = False


TIMETABLE = (
    Job("give a sign of life", 20, signs.give_sign, is_pressing=True),
    Job("note missed targets", 5, response.record_breaches, is_pressing=True),
    Job("page officers", 1, answering.page_due, is_pressing=True),
    Job("watch pages", 2, troubles.watch_pages, is_pressing=True),
    Job("watch over officers on scene", 5, welfare.check_welfare, is_pressing=True),
    Job("ask providers that are down", 60, troubles.ask_providers),
    Job("tell of missed calls", 5, missed.alarm_missed, is_pressing=True),
    Job("plan shifts", 600, planning.plan_ahead),
    Job("watch for gaps in the rota", 60, alarms.watch),
    Job("fetch callers' messages", 10, recordings.fetch_recordings),
    Job("look for calls that were not reported", 300, catching_up.catch_up),
    Job("delete old recordings", 3600, recordings.delete_old_recordings),
    Job("publish the head of the trail", 600, publishing.publish_head),
    Job("tell of oddities", 600, telling.tell_of_oddities),
    Job("let handovers lapse", 30, lapsing.settle_due),
    Job("ask to verify neighbours", 3600, reminding.remind),
    Job("note access that ran out", 60, expiring.note_ended),
    Job("sweep the evidence store", 3600, evidence.sweep_store),
    Job("say which evidence to open with care", 600, looking.look_through),
    Job("remind of deadlines", 600, deadlines.remind),
    Job("remind of safeguarding concerns", 600, safeguarding.remind),
    Job("remind of reviews", 3600, reviews.remind),
    Job("keep the timetable of the board's report", 600, board_timetable.keep_timetable),
    Job("erase what was approved", 5, continuing.continue_runs),
    Job("remind of requests for what is held", 3600, access.remind),
    Job("forget what visitors asked for", 3600, limiting.forget_visits),
    Job("forget visits to preferences", 3600, visits.forget_visits),
    Job("end pauses", 600, pausing.end_pauses),
    Job("watch the canaries", 15, canaries.watch_canaries),
    Job("take in refused addresses", 30, refusals.take_refusals),
    Job("forget who never confirmed", 3600, clearing.clear_unconfirmed),
    Job("look for likely duplicates", 21600, doubles.look_for_doubles),
    Job("count the months of the list", 3600, months.keep_months),
    Job("count a long list", 60, kept_counts.keep_counts),
    Job("ask partners how many they reach", 3600, partners.remind),
    Job("start scheduled alerts", 5, scheduling.start_due),
    Job("send daily and weekly mails", 60, digests.send_due),
    Job("count alerts by ward", 60, figures.keep_figures),
    Job("note calls that quote alerts", 60, quoting.note_quoting_calls),
    Job("delete messages of old alerts", 3600, old_alerts.let_go),
    Job("delete messages of old digests", 3600, old_digests.let_go),
    Job("tell other programs", 2, webhooks.send_due),
    Job("forget what other programs were told", 3600, webhooks.forget_old),
    Job("look at the keys of linked authorities", 600, linked.look_at_keys),
    Job("send to linked authorities", 5, exchange.send_due),
    Job("let go of offers that lapsed", 60, offered.let_lapse),
    Job("read the alerts of neighbours", 300, nearby.read_feeds),
    Job("forget old alerts of neighbours", 3600, nearby.forget_old),
    Job("repair deliveries", 60, recovery.repair),
    Job("look up texts in doubt", 60, doubts.look_up_doubts),
    Job("ask what became of texts and calls", 60, asking.ask_again),
)

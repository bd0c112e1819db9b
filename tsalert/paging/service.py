"""What other capabilities ask of paging; every function is a step of theirs, with the incident's lock held."""

from tsalert.paging.codes import (
    codes_in_use,
    has_guessed_too_often,
    incident_of_code,
    note_wrong_code,
    retire_codes,
)
from tsalert.paging.rows import due_incidents
from tsalert.paging.runs import NewRun, advance, end, move_due, start
from tsalert.paging.taking import is_paged_for, pass_on, take
from tsalert.paging.welfare import (
    OnScene,
    end_watch,
    end_watches,
    give_sign,
    note_safe,
    take_alarm_at,
    watch_over,
)

__all__ = [
    "NewRun",
    "OnScene",
    "advance",
    "codes_in_use",
    "due_incidents",
    "end",
    "end_watch",
    "end_watches",
    "give_sign",
    "has_guessed_too_often",
    "incident_of_code",
    "is_paged_for",
    "move_due",
    "note_safe",
    "note_wrong_code",
    "pass_on",
    "retire_codes",
    "start",
    "take",
    "take_alarm_at",
    "watch_over",
]

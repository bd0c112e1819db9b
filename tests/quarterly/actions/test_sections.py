"""The section of actions: a table of how far each stands, and each with the updates of its year."""

from sqlalchemy.orm import Session

from tests.quarterly.actions.conftest import ABUSE, IN_Q2, Q1, Q2
from tests.quarterly.actions.test_setting import NEW as ACTION
from tests.quarterly.actions.test_setting import renamed
from tsalert.core.actors import Actor
from tsalert.core.clock import london_midnight
from tsalert.core.periods import Period, quarter
from tsalert.quarterly import keeping
from tsalert.quarterly.actions import setting
from tsalert.quarterly.actions.naming import NewStatus
from tsalert.quarterly.actions.sections import actions_section
from tsalert.quarterly.actions.updating import NewUpdate, write_update
from tsalert.quarterly.content import Prose, Section, Table
from tsalert.quarterly.vocabulary import SectionKey
from tsalert.quarterly.writing import markdown

LAST_YEAR = quarter(2021, 4)


def tell(quarter: Period, status: str, text: str, by: Actor, action: int = ABUSE) -> None:
    now = max(IN_Q2, london_midnight(quarter.last_day))
    write_update(action, quarter, NewUpdate(status, text, 0), actor=by, now=now)


def shown(section: Section) -> dict[str, tuple[str, ...]]:
    table = section.blocks[0]
    assert isinstance(table, Table)
    return {row.title[:1]: tuple(figure.shown for figure in row.figures) for row in table.rows}


def text_of(section: Section, number: int) -> str:
    prose = section.blocks[number]
    assert isinstance(prose, Prose)
    return prose.text


def test_the_table_says_how_far_each_stands_and_stood(session: Session, writer: Actor, manager: Actor) -> None:
    setting.add_action(ACTION, actor=manager, now=IN_Q2)
    tell(Q1, "not_started", "A plan.", writer)
    tell(Q2, "in_progress", "Two talks.", writer)
    section = actions_section(session, Q2)
    assert section.key is SectionKey.ACTIONS
    assert shown(section)["6"] == ("In progress", "Not started")
    assert shown(section)["5"] == ("Nothing reported", "Nothing reported")
    assert shown(section)["7"] == ("Nothing reported", "Not an action then")


def test_updates_of_the_year_stand_under_another_newest_first(session: Session, writer: Actor) -> None:
    tell(LAST_YEAR, "not_started", "Of last year.", writer)
    tell(Q1, "not_started", "A plan.", writer)
    tell(Q2, "in_progress", "Two talks.", writer)
    of_q2 = text_of(actions_section(session, Q2), ABUSE)
    assert of_q2.index("Two talks.") < of_q2.index("A plan.")
    assert "Of last year." not in of_q2
    assert shown(actions_section(session, Q1))["6"] == ("Not started", "Not started")


def test_what_comes_after_a_quarter_is_none_of_its_report(session: Session, writer: Actor) -> None:
    tell(Q2, "in_progress", "Two talks.", writer)
    of_q1 = text_of(actions_section(session, Q1), ABUSE)
    assert "Two talks." not in of_q1
    assert "**2022/23 Q1:** nothing is reported yet." in of_q1


def test_the_words_of_each_quarter_are_those_of_its_time(session: Session, writer: Actor, manager: Actor) -> None:
    renamed(session, "in_progress", NewStatus("Under way", "Board", quarter=Q2), manager)
    tell(Q1, "in_progress", "A plan.", writer)
    tell(Q2, "in_progress", "Two talks.", writer)
    section = actions_section(session, Q2)
    assert shown(section)["6"] == ("Under way", "In progress")
    assert "**2022/23 Q1: In progress**" in text_of(section, ABUSE)


def test_the_section_is_kept_as_it_is(session: Session, writer: Actor) -> None:
    tell(Q1, "in_progress", "A plan.", writer)
    section = actions_section(session, Q1)
    assert keeping.thaw(keeping.freeze(section), Section) == section


def test_before_there_was_any_action_the_section_is_empty(session: Session) -> None:
    assert actions_section(session, Period("1899", quarter(1899, 1).first_day, quarter(1899, 1).last_day)).blocks == ()


def test_a_word_with_signs_in_it_reads_in_the_report_as_the_board_wrote_it(
    session: Session, writer: Actor, manager: Actor
) -> None:
    renamed(session, "in_progress", NewStatus("In *progress* [2]", "Board", quarter=Q2), manager)
    tell(Q2, "in_progress", "Two talks:\n\n- one in May\n- one in June", writer)
    written = text_of(actions_section(session, Q2), ABUSE)
    markdown.check(written)
    said = markdown.plain(written).splitlines()
    assert said[-4:] == ["2022/23 Q2: In *progress* [2]", "Two talks:", "one in May", "one in June"]
    assert "Lead: Trading Standards." in said

"""Changing a database that people already use."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import Engine

from tests.children import exit_status_of
from tests.conftest import NOW, PASSWORD, settings
from tests.database import empty_database
from tests.retention.conftest import Story
from tests.whole import create_app
from tsalert.core.actors import Actor, Via
from tsalert.db import Base, db
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

# Every guard with what it does, named by its table: a change that is undone and made again leaves the same.
GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid) || p.prosrc "
    "FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal",
}


def test_a_change_that_leaves_rows_pointing_nowhere_is_undone_whole(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0001")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:  # it keeps no foreign keys unless told to
        plain.execute("INSERT INTO officer_role (officer_id, role_id) VALUES (404, 404)")
        plain.commit()
    with used.app_context(), pytest.raises(SystemExit):
        upgrade(revision="0002")
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert plain.execute("SELECT count(*) FROM sqlite_master WHERE name = 'incident'").fetchone() == (0,)
    with used.app_context():
        db.engine.dispose()


def test_interventions_of_before_keep_their_money_and_their_guards(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0015")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        typed = (("S22-00001-A", 1, 500_001, "BR9 1AA 12 Sample Road"), ("S22-00002-B", 3, 0, "the blue door"))
        for intervention in typed:
            plain.execute(
                "INSERT INTO intervention (reference, version, is_current, is_withdrawn, type, on_date, units, "
                "prevented, household_key, recovered, future, is_rapid_response, beneficiary, recorded_at) VALUES "
                "(?, 1, 1, 0, 'scam_victim', '2022-05-03', ?, ?, ?, 0, 0, 0, 'resident', '2022-05-03')",
                intervention,
            )
        plain.commit()
    with used.app_context():
        upgrade(revision="0016")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        columns = "prevented, memo, share, counted_units, needs_verifying, household_key"
        kept = plain.execute(f"SELECT {columns} FROM intervention").fetchall()
        assert kept == [(500_001, 0, "1", 1, 1, "BR9 1AA 12"), (0, 0, "1", 3, 0, "the blue door")]
        for bad in ("memo = 1", "share = '1.5'", "counted_units = 4", "units = 0", "verified_by = 1, recorded_by = 1"):
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                plain.execute(f"UPDATE intervention SET {bad}")
        indexes = {row[1] for row in plain.execute("PRAGMA index_list(intervention)") if row[4]}
        assert indexes == {
            "uq_intervention_current",
            "uq_intervention_money_line",
            "ix_intervention_counted",
            "ix_intervention_to_verify",
        }
    with used.app_context():
        db.engine.dispose()


def test_a_log_and_money_of_before_stay_and_are_guarded_from_now_on(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0023")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute(
            "INSERT INTO case_file (id, reference, category, channel, kind, opened_at, status, source, summary, "
            "chosen_for_vulnerability) VALUES (1, 'D22-00001-A', 'scam', 'postal', 'lottery', '2022-05-03', 'open', "
            "'bank', 'Prizes', 0)"
        )
        plain.execute(
            "INSERT INTO case_note (id, case_id, kind, text, occurred_at, recorded_at) VALUES "
            "(1, 1, 'fact', 'A letter', '2022-05-03', '2022-05-03')"
        )
        plain.execute(
            "INSERT INTO money_line (id, case_id, kind, amount, evidence, certainty, recorded_at) VALUES "
            "(1, 1, 'paid', 9900, 'bank', 'confirmed', '2022-05-03')"
        )
        plain.commit()
    with used.app_context():
        upgrade(revision="0024")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT text, supersedes_id, reason FROM case_note").fetchall() == [
            ("A letter", None, None)
        ]
        assert plain.execute("SELECT amount, visit FROM money_line").fetchall() == [(9900, None)]
        note = "case_note (id, case_id, kind, text, occurred_at, recorded_at) VALUES (1, 1, 'fact', 'A call', '', '')"
        line = (
            "money_line (id, case_id, kind, amount, evidence, certainty, recorded_at) VALUES (1, 1, '', 1, '', '', '')"
        )
        over = [f"INSERT OR REPLACE INTO {row}" for row in (note, line)]
        for act in ("UPDATE case_note SET text = 'A call'", "DELETE FROM money_line", *over):
            with pytest.raises(sqlite3.IntegrityError, match="stays as it was written"):
                plain.execute(act)
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            plain.execute(
                "INSERT INTO case_note (case_id, kind, text, occurred_at, recorded_at, supersedes_id) VALUES "
                "(1, 'fact', 'A call', '2022-05-03', '2022-05-03', 1)"
            )
    with used.app_context():
        downgrade(revision="0023")
        upgrade()
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT text FROM case_note").fetchall() == [("A letter",)]


def test_whoever_ran_a_case_before_is_on_it_from_now_on(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0025")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute(
            "INSERT INTO officer (id, email, name, active, fs_uniquifier, created_at) VALUES "
            "(4, 'pat@example.org', 'Pat Example', 1, 'mark', '2022-01-01')"
        )
        for number, officer in ((1, 4), (2, None)):
            plain.execute(
                "INSERT INTO case_file (id, reference, category, channel, kind, opened_at, status, source, summary, "
                "chosen_for_vulnerability, officer_id) VALUES (?, ?, 'scam', 'postal', 'lottery', '2022-05-03', "
                "'open', 'bank', 'Prizes', 0, ?)",
                (number, f"D22-0000{number}-A", officer),
            )
        plain.commit()
    with used.app_context():
        upgrade(revision="0026")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        columns = "officer_id, subject, subject_id, tier, origin, granted_at, expires_at"
        kept = plain.execute(f"SELECT {columns} FROM access_grant").fetchall()
        assert kept == [(4, "case", 1, 3, "on the case", "2022-05-03", None)]
    with used.app_context():
        db.engine.dispose()


def test_alerts_that_were_sent_before_went_out_in_the_ordinary_edition(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0040")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute(
            "INSERT INTO officer (id, email, name, active, fs_uniquifier, created_at) VALUES "
            "(4, 'pat@example.org', 'Pat Example', 1, 'mark', '2022-01-01')"
        )
        plain.execute(
            "INSERT INTO mailing (id, subject, text, lane, state, created_at) VALUES "
            "(9, 'Roofers', 'Beware', 'bulk', 'completed', '2022-05-03')"
        )
        words = "urgency, topic, wards, channels, headline, body_markdown, advice, sms_text, expires_at"
        given = "'routine', 'all', '[]', '[]', 'Roofers', 'Beware', '', '', '2022-05-09', 4, '2022-05-03', '2022-05-03'"
        plain.execute(
            f"INSERT INTO alert (id, reference, kind, status, approved_by, approved_digest, mailing_id, published_at, "
            f"{words}, author_id, created_at, changed_at) VALUES "
            f"(1, 'TS-2022-001', 'alert', 'approved', 4, 'x', 9, '2022-05-03', {given}), "
            f"(2, 'TS-2022-002', 'alert', 'draft', NULL, NULL, NULL, NULL, {given})"
        )
        plain.commit()
    with used.app_context():
        upgrade(revision="0048")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        kept = plain.execute("SELECT alert_id, mailing_id, edition FROM alert_edition").fetchall()
        assert kept == [(1, 9, "ordinary")]
    with used.app_context():
        downgrade(revision="0040")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT id, mailing_id FROM alert ORDER BY id").fetchall() == [(1, 9), (2, None)]


def test_the_public_reads_on_why_a_report_was_revised_and_not_yet_why_one_is(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0057")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        published = "'published', '[]', '2022-07-01', '{}', 'x', '2022-07-02'"
        open_one = "'draft', NULL, NULL, NULL, NULL, NULL"
        for number, reason, state in ((1, None, published), (2, "A talk came late", published), (3, "Val", open_one)):
            plain.execute(
                "INSERT INTO board_report (quarter, first_day, last_day, board, opened_at, revision, reason, status, "
                "figures, locked_at, frozen, digest, published_at) VALUES "
                f"('2022/23 Q1', '2022-04-01', '2022-06-30', 'Board', '2022-06-30', ?, ?, {state})",
                (number, reason),
            )
        plain.commit()
        guards = plain.execute(f"{GUARDS['sqlite']} ORDER BY name").fetchall()
    with used.app_context():
        upgrade(revision="0060")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        kept = plain.execute("SELECT reason, public_reason FROM board_report ORDER BY revision").fetchall()
        assert kept == [
            (None, None),
            ("A talk came late", "A talk came late"),
            ("Val", "Records came in after the report was published"),
        ]
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            plain.execute("UPDATE board_report SET public_reason = NULL WHERE revision = 3")
        with pytest.raises(sqlite3.IntegrityError, match="stays as it was published"):
            plain.execute("UPDATE board_report SET public_reason = 'Other' WHERE revision = 2")
        assert plain.execute(f"{GUARDS['sqlite']} ORDER BY name").fetchall() == guards
    with used.app_context():
        downgrade(revision="0057")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute(f"{GUARDS['sqlite']} ORDER BY name").fetchall() == guards


def test_every_change_can_be_undone_and_made_again(app: Flask, tmp_path: Path) -> None:
    used = create_app(settings(f"sqlite:///{tmp_path / 'used.db'}", tmp_path))
    with used.app_context():
        upgrade()
        downgrade(revision="base")
        upgrade()
        db.engine.dispose()


def test_cases_of_before_take_people_in_and_lose_nothing_on_the_way_back(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0026")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        plain.execute(
            "INSERT INTO case_file (id, reference, category, channel, kind, opened_at, status, source, summary, "
            "victim_name, chosen_for_vulnerability) VALUES (1, 'D22-00001-A', 'scam', 'postal', 'lottery', "
            "'2022-05-03', 'open', 'bank', 'Prizes', 'Val Example', 0)"
        )
        plain.execute(
            "INSERT INTO party (id, kind, name, created_at) VALUES (1, 'person', 'Val Example', '2022-05-03')"
        )
        plain.commit()
    with used.app_context():
        upgrade(revision="0029")
        db.engine.dispose()
    role = "case_party (id, case_id, party_id, role, since, source, told_at) VALUES (1, 1, 1, {}, '2022-05-03', '', '')"
    with closing(sqlite3.connect(file)) as plain:
        plain.execute(f"INSERT INTO {role.format(repr('victim'))}")
        for act in (f"INSERT OR REPLACE INTO {role.format(repr('suspect'))}", "UPDATE case_party SET role = 'suspect'"):
            with pytest.raises(sqlite3.IntegrityError, match="stays as it was recorded"):
                plain.execute(act)
        plain.commit()
    with used.app_context():
        downgrade(revision="0026")
        upgrade()
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT victim_name FROM case_file").fetchall() == [("Val Example",)]
        assert plain.execute("SELECT count(*) FROM case_party").fetchone() == (0,)


def test_a_service_at_work_goes_back_and_forth_and_loses_nothing_of_before(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        story = Story(
            _officer("dee@example.org", RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER),
            _officer("max@example.org", RoleName.MANAGER),
        )
        story.tell()
        db.session.remove()
        full, guards = _rows(), _guards()
        downgrade(revision="0025")
        assert _rows().items() <= full.items()
        upgrade()
        assert _guards() == guards
        assert _rows().keys() == full.keys()


@pytest.mark.parametrize("statements", [4, 60])
def test_a_change_that_is_killed_half_way_is_made_again_and_loses_nothing(fresh_app: Flask, statements: int) -> None:
    with fresh_app.app_context():
        Story(
            _officer("dee@example.org", RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER),
            _officer("max@example.org", RoleName.MANAGER),
        ).tell()
        db.session.remove()
        full, guards = _rows(), _guards()
        downgrade(revision="0057")
        before = _rows()
        db.engine.dispose()

        def die_at(*_: object) -> None:
            nonlocal statements
            statements -= 1
            if not statements:
                os._exit(9)

        event.listen(Engine, "before_cursor_execute", die_at)
        killed = exit_status_of(upgrade)
        event.remove(Engine, "before_cursor_execute", die_at)
        assert killed == 9
        assert before.items() <= _rows().items() or _rows().items() <= full.items()
        upgrade()
        # What a table of a later version held went with it.
        after = _rows()
        assert {name: after[name] for name in before} == {name: full[name] for name in before}
        assert (after.keys(), _guards()) == (full.keys(), guards)


def _officer(email: str, *roles: RoleName) -> Actor:
    staff.create_officer(email, name="Pat Example", roles=list(roles), password=PASSWORD, now=NOW)
    return staff_queries.actor_of(staff_queries.get_officer(db.session(), email), Via.PAGE)


def _rows() -> dict[str, int]:
    """Return how many rows each table has, the mark of the revision and SQLite's own index of words left out."""
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith(("fts_", "alembic_"))]
        return {name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one() for name in names}


def _guards() -> dict[str, str]:
    with db.engine.connect() as connection:
        guards = connection.execute(text(GUARDS[connection.dialect.name]))
        return {row[0]: row[1] for row in guards}


SHAPE = {
    "sqlite": "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull "
    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND a.attnum > 0 AND NOT a.attisdropped",
}


def shape(engine: Engine) -> dict[str, str]:
    """Return what a database is made of: tables or columns, indexes and guards, in whatever order each says it."""
    kind = engine.dialect.name
    with engine.connect() as connection:
        found = [tuple(row) for each in (SHAPE, GUARDS) for row in connection.execute(text(each[kind]))]
    engine.dispose()
    return {name: " ".join(sorted(told.replace(",", " ").split())) for name, told in found}


def test_an_update_that_is_killed_in_its_midst_goes_on_where_it_was(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    """It dies nine times, after more and more statements, as by a power cut; each time the change at hand is undone."""
    with app.app_context():
        wanted = shape(db.engine)
    with empty_database(database_url, tmp_path) as url:

        def update(statements: int | None) -> None:
            updated, left = create_app(settings(url, tmp_path)), [statements or 0]
            with updated.app_context():
                if statements is not None:

                    @event.listens_for(db.engine, "after_cursor_execute")
                    def count(*_: object) -> None:
                        left[0] -= 1
                        if left[0] <= 0:
                            os._exit(9)

                upgrade()
                os._exit(0)

        assert [exit_status_of(lambda: update(20 * number)) for number in range(1, 10)] == [9] * 9  # noqa: B023
        assert exit_status_of(lambda: update(None)) == 0
        assert shape(create_engine(url)) == wanted


def test_of_two_updates_at_once_one_waits_and_finds_it_done(app: Flask, database_url: str, tmp_path: Path) -> None:
    with app.app_context():
        wanted = shape(db.engine)
    with empty_database(database_url, tmp_path) as url:

        def update(_: int) -> int:
            return exit_status_of(update_whole)

        def update_whole() -> None:
            with create_app(settings(url, tmp_path)).app_context():
                upgrade()
                os._exit(0)

        with ThreadPoolExecutor(2) as machines:
            assert list(machines.map(update, range(2))) == [0, 0]
        assert shape(create_engine(url)) == wanted


def test_the_program_counts_as_far_as_the_database(app: Flask) -> None:
    with app.app_context():
        made, dialect = inspect(db.engine), db.engine.dialect
        if dialect.name == "sqlite":
            pytest.skip("SQLite keeps every number as wide as it is")
        kept = {
            (table.name, column["name"]): str(column["type"])
            for table in Base.metadata.sorted_tables
            for column in made.get_columns(table.name)
        }
        wide = {
            (table.name, column.name): column.type.compile(dialect)
            for table in Base.metadata.sorted_tables
            for column in table.columns
        }
    assert {each for each, kind in wide.items() if (kept[each], kind) == ("BIGINT", "INTEGER")} == set()

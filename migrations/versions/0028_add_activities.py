"""Talks, sessions, training, campaigns, no-cold-calling zones, and recognition of those who rang."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_NUMBERS = ("present", "trained", "refreshers", "champions", "leaflets")
# Table, and what is said to whoever tries to change or delete one of its rows.
_PERMANENT = {
    "activity_correction": "what an activity said before it was corrected stays",
    "zone_event": "what was done with a zone stays as it was recorded",
}
# Retention may take a person out of the words; never what was decided, for what, and when.
_DECIDED = ("incident_id", "case_id", "kind", "decided_by", "decided_on", "recorded_by", "recorded_at")
_DECIDED_WORDS = "a recognition stays as it was decided"
_TABLES = (
    "recognition", "zone_event", "zone_postcode", "cold_calling_zone", "activity_correction", "activity_channel",
    "activity_officer", "activity_ward", "activity",
)  # fmt: skip


def upgrade():
    _add_activities()
    _add_zones()
    _add_recognition()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _text(*names, null=True):
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _dates(*names, null=False):
    return [sa.Column(name, sa.Date(), nullable=null) for name in names]


def _numbers(*names, null=False):
    return [sa.Column(name, sa.Integer(), nullable=null) for name in names]


def _link(table, column, target, *, null=True):
    key = sa.ForeignKey(target, name=f"fk_{table}_{column}")
    kind = sa.Text() if target.endswith(".code") else sa.Integer()
    return sa.Column(column, kind, key, nullable=null)


def _check(table, name, rule):
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _key(table, *columns):
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _recorded(table, who="recorded_by", at="recorded_at"):
    return [_link(table, who, "officer.id"), sa.Column(at, sa.DateTime(timezone=True), nullable=False)]


def _add_activities():
    op.create_table(
        "activity", *_numbers("id", "version"), *_text("reference", "kind", "state", "title", null=False),
        *_dates("first_day", "last_day"),
        *_text("place", "audience", "host", "topic", "given_by", "partners", "materials", "note"),
        *_numbers(*_NUMBERS, null=True), *_text("outcome", "cancelled_reason", "intervention_reference"),
        *_recorded("activity"), _key("activity", "id"),
        _check("activity", "ends_after_start", "last_day >= first_day"),
        _check("activity", "numbers_positive", " AND ".join(f"({name} IS NULL OR {name} >= 0)" for name in _NUMBERS)),
        _check("activity", "cancelled_for_a_reason", "(state = 'cancelled') = (cancelled_reason IS NOT NULL)"),
        _check("activity", "saving_of_what_was_held", "state = 'held' OR intervention_reference IS NULL"),
        sa.UniqueConstraint("reference", name="uq_activity_reference"),
        sa.UniqueConstraint("intervention_reference", name="uq_activity_intervention_reference"),
    )  # fmt: skip
    op.create_index("ix_activity_last_day", "activity", ["last_day", "kind"])
    op.create_index("ix_activity_first_day", "activity", ["first_day", "id"])
    op.create_table(
        "activity_ward", _link("activity_ward", "activity_id", "activity.id", null=False),
        _link("activity_ward", "ward_code", "ward.code", null=False), _key("activity_ward", "activity_id", "ward_code"),
    )  # fmt: skip
    op.create_index("ix_activity_ward_ward_code", "activity_ward", ["ward_code"])
    op.create_table(
        "activity_officer", _link("activity_officer", "activity_id", "activity.id", null=False),
        _link("activity_officer", "officer_id", "officer.id", null=False),
        _key("activity_officer", "activity_id", "officer_id"),
    )  # fmt: skip
    op.create_table(
        "activity_channel", _link("activity_channel", "activity_id", "activity.id", null=False),
        *_text("channel", null=False), *_numbers("reach", null=True), *_text("how"),
        _key("activity_channel", "activity_id", "channel"),
        _check("activity_channel", "reach_positive", "reach IS NULL OR reach >= 0"),
        _check("activity_channel", "reach_with_estimate", "(reach IS NULL) = (how IS NULL)"),
    )  # fmt: skip
    op.create_table(
        "activity_correction", *_numbers("id"), _link("activity_correction", "activity_id", "activity.id", null=False),
        *_numbers("version"), sa.Column("before", sa.JSON(), nullable=False), *_text("reason", null=False),
        *_recorded("activity_correction", "corrected_by", "corrected_at"), _key("activity_correction", "id"),
        sa.UniqueConstraint("activity_id", "version", name="uq_activity_correction_activity_id_version"),
    )  # fmt: skip


def _add_zones():
    op.create_table(
        "cold_calling_zone", *_numbers("id", "version"), *_text("name", null=False),
        _link("cold_calling_zone", "ward_code", "ward.code"), *_dates("set_up_on", "review_due_on"),
        *_numbers("homes", "signs", "stickers"), *_text("contact", "note"), *_dates("ended_on", null=True),
        *_text("end_reason"), _key("cold_calling_zone", "id"),
        _check("cold_calling_zone", "ended_after_set_up", "ended_on >= set_up_on"),
        _check("cold_calling_zone", "ended_for_a_reason", "(ended_on IS NULL) = (end_reason IS NULL)"),
        _check("cold_calling_zone", "reviewed_after_set_up", "review_due_on >= set_up_on"),
        _check("cold_calling_zone", "numbers_positive", "homes >= 0 AND signs >= 0 AND stickers >= 0"),
        sa.UniqueConstraint("name", name="uq_cold_calling_zone_name"),
    )  # fmt: skip
    op.create_index("ix_cold_calling_zone_ward_code", "cold_calling_zone", ["ward_code"])
    op.create_table(
        "zone_postcode", _link("zone_postcode", "zone_id", "cold_calling_zone.id", null=False),
        *_text("postcode", null=False), *_text("street"), _key("zone_postcode", "zone_id", "postcode"),
    )  # fmt: skip
    op.create_index("ix_zone_postcode_postcode", "zone_postcode", ["postcode"])
    op.create_table(
        "zone_event", *_numbers("id"), _link("zone_event", "zone_id", "cold_calling_zone.id", null=False),
        *_text("act", null=False), *_dates("on_date"), *_dates("review_due_on", null=True), *_text("note"),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True), *_recorded("zone_event"),
        _key("zone_event", "id"),
    )  # fmt: skip
    op.create_index("ix_zone_event_zone_id", "zone_event", ["zone_id"])
    op.create_index("ix_zone_event_on_date", "zone_event", ["on_date"])


def _add_recognition():
    op.create_table(
        "recognition", *_numbers("id", "version"), *_text("name", null=False),
        _link("recognition", "party_id", "party.id"), _link("recognition", "incident_id", "incident.id"),
        _link("recognition", "case_id", "case_file.id"), *_text("kind", "words", null=False),
        _link("recognition", "decided_by", "officer.id"), *_dates("decided_on"), *_dates("presented_on", null=True),
        *_text("presented_where"), sa.Column("may_be_named", sa.Boolean(), nullable=False),
        *_dates("consent_on", null=True), sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        *_text("withdrawn_reason"), *_recorded("recognition"), _key("recognition", "id"),
        _check("recognition", "for_something", "incident_id IS NOT NULL OR case_id IS NOT NULL"),
        _check("recognition", "presented_after_decided", "presented_on >= decided_on"),
        _check("recognition", "withdrawn_for_a_reason", "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)"),
        _check("recognition", "named_with_consent", "NOT may_be_named OR consent_on IS NOT NULL"),
    )  # fmt: skip
    for column in ("party_id", "incident_id", "case_id", "presented_on"):
        op.create_index(f"ix_recognition_{column}", "recognition", [column])


def _keep_on_sqlite():
    for table, words in _PERMANENT.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}")
        same = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
        op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {same} {refuse}")
    op.execute(
        f"CREATE TRIGGER recognition_permanent BEFORE UPDATE OF {', '.join(_DECIDED)} ON recognition "
        f"BEGIN SELECT RAISE(ABORT, '{_DECIDED_WORDS}'); END"
    )


def _keep_on_postgresql():
    for table, words in {**_PERMANENT, "recognition": _DECIDED_WORDS}.items():
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
    for table in _PERMANENT:
        for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )
    op.execute(
        f"CREATE TRIGGER recognition_permanent BEFORE UPDATE OF {', '.join(_DECIDED)} ON recognition "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_to_recognition()"
    )


def downgrade():
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in (*_PERMANENT, "recognition"):
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")

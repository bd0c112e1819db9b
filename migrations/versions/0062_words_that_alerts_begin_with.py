"""Templates of alerts, forms that were not saved, and tests that officers sent to themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_WORDS = ("name", "title", "topic", "headline", "body", "advice", "sms", "voice", "reason")
# What a REPLACE would drive out, which SQLite deletes without asking the triggers of a deletion.
_PERMANENT = (
    ("alert_template", "a version of a template stays as it was written", "name = NEW.name AND version = NEW.version"),
    ("alert_trial", "that a test was sent stays as it was recorded", "id = NEW.id"),
)


def _key(table, column, target, *, null=True):
    name = op.f(f"fk_{table}_{column}")
    return sa.Column(column, sa.Integer(), sa.ForeignKey(f"{target}.id", name=name), nullable=null)


def upgrade():
    _add_templates()
    _add_unsaved()
    _add_trials()
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _add_templates():
    op.create_table(
        "alert_template",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _WORDS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        _key("alert_template", "made_by", "officer"),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_template")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_alert_template_name_version")),
        sa.CheckConstraint("version > 0", name=op.f("ck_alert_template_version_counts_from_one")),
    )


def _add_unsaved():
    op.create_table(
        "alert_unsaved",
        sa.Column("key", sa.Text(), nullable=False),
        _key("alert_unsaved", "officer_id", "officer", null=False),
        _key("alert_unsaved", "alert_id", "alert"),
        _key("alert_unsaved", "original_id", "alert"),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alert_unsaved")),
    )
    op.create_index("ix_alert_unsaved_officer", "alert_unsaved", ["officer_id", "saved_at"])


def _add_trials():
    op.create_table(
        "alert_trial",
        sa.Column("id", sa.Integer(), nullable=False),
        _key("alert_trial", "alert_id", "alert", null=False),
        _key("alert_trial", "officer_id", "officer", null=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sent_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_trial")),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_alert_trial_channel_known")),
    )
    op.create_index("ix_alert_trial_officer", "alert_trial", ["officer_id", "sent_at"])
    op.create_index("ix_alert_trial_alert", "alert_trial", ["alert_id", "id"])


def _keep_on_sqlite():
    for table, words, same in _PERMANENT:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same})) {refuse}"
        )


def _keep_on_postgresql():
    for table, words, _ in _PERMANENT:
        op.execute(
            f"CREATE FUNCTION refuse_change_to_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{words}'; END $$"
        )
        for name, act, each in (("permanent", "UPDATE OR DELETE", "ROW"), ("never_emptied", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {act} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_to_{table}()"
            )


def downgrade():
    for table in ("alert_trial", "alert_unsaved", "alert_template"):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table, _, _ in _PERMANENT:
            op.execute(f"DROP FUNCTION refuse_change_to_{table}()")
